package dev.loupe.op;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.SharedContext;
import dev.loupe.testing.TensorAssert;
import dev.loupe.testing.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that what is recorded once reads the weights anew at every run. */
@Tag("device")
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"cpu-16", "gpu", "gpu-matrix"})
class TrainedWeightsTest {
  private final Context context = SharedContext.get("lwjgl");
  private final Tuning tuning;

  TrainedWeightsTest(String deviceClass) {
    tuning = Tuning.forClass(deviceClass);
  }

  /** Parameters one after another in a buffer, written by the test. */
  private record Memory(DeviceBuffer buffer, Map<String, Integer> offsets)
      implements ParameterMemory {
    @Override
    public boolean holds(String name) {
      return offsets.containsKey(name);
    }

    @Override
    public long offset(String name) {
      return offsets.get(name);
    }
  }

  private static Parameter parameter(String name, int seed, Shape shape) {
    FloatTensor value = Tensors.ramp(shape);
    for (int i = 0; i < value.data().length; i++) {
      value.data()[i] *= (float) Math.cos(seed + i);
    }
    return new Parameter(name, rounded(value));
  }

  /** To 64ths, which TF32 holds exactly. */
  private static FloatTensor rounded(FloatTensor tensor) {
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = Math.round(64 * tensor.data()[i]) / 64f;
    }
    return tensor;
  }

  private static ByteBuffer direct(long floats) {
    return ByteBuffer.allocateDirect((int) (Float.BYTES * floats)).order(ByteOrder.nativeOrder());
  }

  /** How an operator is made of weights that differ with a seed. */
  private interface Maker {
    Operator make(int seed);
  }

  private void check(Maker maker, List<Parameter> first, List<Parameter> second, Shape shape) {
    Map<String, Integer> offsets = new LinkedHashMap<>();
    int floats = 3;
    for (Parameter parameter : first) {
      offsets.put(parameter.name(), floats);
      floats += parameter.value().data().length;
    }
    Operator operator = maker.make(0);
    TensorType type = new TensorType(shape, Layout.PATCHES);
    TensorView from = TensorView.allocate(context, type);
    TensorView to = TensorView.allocate(context, operator.output(List.of(type)));
    DeviceBuffer in = from.buffer();
    DeviceBuffer out = to.buffer();
    try (in;
        out;
        KernelLibrary library = new KernelLibrary(context, tuning);
        CommandQueue queue = context.queue();
        DeviceBuffer weights = context.allocate((long) Float.BYTES * floats);
        LaunchRecorder recorder =
            new LaunchRecorder(library, queue, new Memory(weights, offsets), Precision.FP32)) {
      FloatTensor src = rounded(Tensors.ramp(shape));
      from.write(queue, src);
      recorder.begin("test", operator.name(), null, 0);
      operator.record(recorder, List.of(from), to);
      for (List<Parameter> now : List.of(first, second)) {
        ByteBuffer values = direct(floats);
        now.forEach(p -> values.asFloatBuffer().put(offsets.get(p.name()), p.value().data()));
        queue.write(weights, 0, values);
        recorder.recorded().forEach(step -> queue.enqueue(step.launch()));
        FloatTensor expected = maker.make(now == first ? 0 : 1).reference(List.of(src));
        TensorAssert.assertClose(expected, to.read(queue), 2e-4, 1e-4);
      }
    }
  }

  private static List<Parameter> convolution(int seed, int in, int out) {
    return List.of(
        parameter("weight", seed, new Shape(out, in, 3, 3)),
        parameter("bias", seed, Shape.frame(out, 1, 1)),
        parameter("slopes", seed, Shape.frame(1, 1, 1)));
  }

  private void checkConvolution(int in, int out) {
    check(
        seed -> {
          List<Parameter> p = convolution(seed, in, out);
          return new Conv2d(p.get(0), p.get(1), ConvGeometry.same(3), Activation.PRELU, p.get(2));
        },
        convolution(0, in, out),
        convolution(1, in, out),
        new Shape(17, in, 8, 8));
  }

  @Test
  void directConvolution() {
    checkConvolution(3, 5);
  }

  @Test
  void winogradConvolution() {
    checkConvolution(24, 25);
  }

  @Test
  void convolutionWithItsFiltersArranged() {
    Shape shape = new Shape(3, 5, 3, 3);
    // Inputs and outputs changed places, as the gradient of a convolution's input has them.
    Arrangement swapped =
        Arrangement.of(135, place -> (place / 9 % 5 * 3 + place / 45) * 9 + place % 9);
    check(
        seed ->
            new Conv2d(
                parameter("weight", seed, new Shape(5, 3, 3, 3)).arranged(shape, swapped),
                null,
                ConvGeometry.same(3),
                Activation.NONE,
                null),
        List.of(parameter("weight", 0, new Shape(5, 3, 3, 3))),
        List.of(parameter("weight", 1, new Shape(5, 3, 3, 3))),
        new Shape(3, 5, 4, 5));
  }

  @Test
  void transposedConvolution() {
    Shape filters = new Shape(4, 3, 5, 5);
    Shape channels = Shape.frame(3, 1, 1);
    check(
        seed ->
            new ConvTranspose2d(
                parameter("weight", seed, filters), parameter("bias", seed, channels), 2, 2),
        List.of(parameter("weight", 0, filters), parameter("bias", 0, channels)),
        List.of(parameter("weight", 1, filters), parameter("bias", 1, channels)),
        new Shape(17, 4, 3, 4));
  }
}
