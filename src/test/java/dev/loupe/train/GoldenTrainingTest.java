package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.graph.Value;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.op.TensorType;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.testing.SharedContext;
import dev.loupe.train.TrainedParameters.State;
import dev.loupe.weights.NamedTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of gradients and of ten steps of Adam against PyTorch's. */
class GoldenTrainingTest {
  /** Of a parameter's largest gradient. */
  private static final double GRADIENT_TOLERANCE = 2e-4;

  private static final double LOSS_TOLERANCE = 1e-3;

  static List<String> cases() {
    return List.of(
        "fsrcnn-full",
        "fsrcnn-all",
        "fsrcnn-mask",
        "pan-full",
        "pan-all",
        "rfdn-full",
        "rfdn-all",
        "srresnet-full",
        "srresnet-all",
        "rcan-full",
        "rcan-all");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theReferenceGraphGivesTheGradientsOfPyTorch(String name) {
    GoldenTraining golden = GoldenTraining.load(name);
    TrainingGraph training = golden.graph();
    Map<Value, FloatTensor> results = golden.run(training);
    double loss = 0;
    for (Value value : training.losses()) {
      loss += results.get(value).data()[0];
    }
    assertEquals(golden.losses()[0], loss, 1e-4 * golden.losses()[0], "loss");
    List<String> expected =
        golden.file().names().stream().filter(n -> n.startsWith("gradient.")).toList();
    assertEquals(expected.size(), training.gradients().size(), "trained parameters");
    List<String> wrong = new ArrayList<>();
    for (String tensor : expected) {
      String parameter = tensor.substring("gradient.".length());
      float[] actual = results.get(training.gradients().get(parameter)).data();
      float[] truth = golden.file().tensor(tensor).data();
      int step = truth.length == actual.length ? 1 : Math.max(1, actual.length / 61);
      double largest = 0;
      double worst = 0;
      for (int i = 0; i < truth.length; i++) {
        largest = Math.max(largest, Math.abs(truth[i]));
        worst = Math.max(worst, Math.abs(truth[i] - actual[i * step]));
      }
      if (!(worst <= GRADIENT_TOLERANCE * largest)) {
        wrong.add("%s: off by %.3g of %.3g".formatted(parameter, worst, largest));
      }
    }
    assertTrue(wrong.isEmpty(), () -> String.join("; ", wrong));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatIsComputedTwiceGivesTheSameGradients(String name) {
    GoldenTraining golden = GoldenTraining.load(name);
    TrainingGraph training = golden.graph();
    TrainingGraph again = golden.graph(true);
    Map<Value, FloatTensor> results = golden.run(training);
    Map<Value, FloatTensor> repeated = golden.run(again);
    training
        .gradients()
        .forEach(
            (parameter, row) ->
                assertArrayEquals(
                    results.get(row).data(),
                    repeated.get(again.gradients().get(parameter)).data(),
                    parameter));
  }

  /** On GPUs not all: PoCL would take minutes to compile their kernels. */
  static Stream<Arguments> casesOnClasses() {
    return Stream.concat(
        cases().stream().map(name -> Arguments.of(name, "cpu-16")),
        Stream.of(
            Arguments.of("fsrcnn-all", "gpu"),
            Arguments.of("fsrcnn-mask", "gpu"),
            Arguments.of("pan-all", "gpu"),
            Arguments.of("fsrcnn-all", "gpu-matrix"),
            Arguments.of("rcan-full", "gpu-matrix")));
  }

  @Tag("device")
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("casesOnClasses")
  void tenStepsFollowTheLossesOfPyTorch(String name, String deviceClass) {
    GoldenTraining golden = GoldenTraining.load(name);
    Context context = SharedContext.get("lwjgl");
    try (KernelLibrary library = new KernelLibrary(context, Tuning.forClass(deviceClass));
        CommandQueue queue = context.queue()) {
      List<Double> losses = golden.train(library, queue, golden.losses().length);
      for (int t = 0; t < losses.size(); t++) {
        double expected = golden.losses()[t];
        assertEquals(
            expected, losses.get(t), LOSS_TOLERANCE * expected, "loss before step " + (t + 1));
      }
    }
  }

  /** Three steps of Adam and of the average in 64 bits, on gradients that differ step by step. */
  @Tag("device")
  @ParameterizedTest
  @ValueSource(strings = {"cpu-16", "gpu"})
  void stepsAndTheAverageAreThoseOfAdam(String deviceClass) {
    int count = 2500; // more than two chunks
    float[] start = new float[count];
    for (int i = 0; i < count; i++) {
      start[i] = (i * 37 % 101 - 50) / 50f;
    }
    NamedTensor tensor = new NamedTensor("w", new int[] {count}, start);
    double[] weights = new double[count];
    double[] average = new double[count];
    double[] first = new double[count];
    double[] second = new double[count];
    for (int i = 0; i < count; i++) {
      weights[i] = start[i];
      average[i] = start[i];
    }
    Context context = SharedContext.get("lwjgl");
    try (KernelLibrary library = new KernelLibrary(context, Tuning.forClass(deviceClass));
        CommandQueue queue = context.queue();
        TrainedParameters parameters = new TrainedParameters(context, queue, List.of(tensor));
        DeviceBuffer buffer = context.allocate((long) Float.BYTES * count)) {
      for (State state : List.of(State.WEIGHTS, State.AVERAGE)) {
        parameters.write(state, List.of(tensor));
      }
      parameters.clear(State.FIRST);
      parameters.clear(State.SECOND);
      TensorView gradient = new TensorView(buffer, 0, TensorType.frame(1, 1, count));
      ByteBuffer bytes =
          ByteBuffer.allocateDirect(Float.BYTES * count).order(ByteOrder.nativeOrder());
      try (Adam adam = new Adam(library, queue, parameters, Map.of("w", gradient))) {
        for (int t = 1; t <= 3; t++) {
          for (int i = 0; i < count; i++) {
            float g = (i * 53 % 89 - 44) / 40f * t;
            bytes.putFloat(Float.BYTES * i, g);
            first[i] = 0.9 * first[i] + 0.1 * g;
            second[i] = 0.999 * second[i] + 0.001 * g * g;
            double m = first[i] / (1 - Math.pow(0.9, t));
            double v = second[i] / (1 - Math.pow(0.999, t));
            weights[i] -= 1e-2 * m / (Math.sqrt(v) + 1e-8);
            average[i] = 0.75 * average[i] + 0.25 * weights[i];
          }
          queue.write(buffer, 0, bytes.clear());
          adam.step(t, 1e-2, 0.75);
        }
        assertClose(weights, parameters.read(State.WEIGHTS).get(0).data());
        assertClose(average, parameters.read(State.AVERAGE).get(0).data());
      }
    }
  }

  private static void assertClose(double[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 2e-6, "element " + i);
    }
  }
}
