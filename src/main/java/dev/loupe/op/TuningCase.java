package dev.loupe.op;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.Profile;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * An operator as the networks have it: at a small size, to be held against the reference, and at a
 * size worth timing.
 *
 * @param small the operator and small operands
 * @param large types of operands as large as in a frame
 */
record TuningCase(SelfTestCases.Case small, List<TensorType> large) {
  private static final int TURNS = 7;

  /** Floats of noise after which it begins anew. */
  private static final int NOISE = 1 << 18;

  /** How large the operands are. */
  private record Sizes(int height, int width, int patches) {
    /** A frame of 240x96 leaves processors of a large GPU without a group. */
    static Sizes of(Tuning tuning) {
      return tuning.tile() == null ? new Sizes(96, 240, 512) : new Sizes(270, 480, 1024);
    }
  }

  /** The layers in which the five networks spend their time, as large as {@code start} needs. */
  static List<TuningCase> all(Tuning start) {
    Sizes sizes = Sizes.of(start);
    Random random = new Random(1);
    Conv2d sixtyFour = conv(random, 64, 64, ConvGeometry.same(3));
    Conv2d forty = conv(random, 40, 40, ConvGeometry.same(3));
    Conv2d twelve = conv(random, 12, 12, ConvGeometry.same(3));
    Conv2d first = conv(random, 3, 56, ConvGeometry.same(5));
    Conv2d expand = conv(random, 12, 56, ConvGeometry.same(1));
    Conv2d valid = conv(random, 50, 50, ConvGeometry.valid(3));
    ConvTranspose2d upsample =
        new ConvTranspose2d(parameter(random, 56, 3, 9, 9), parameter(random, 1, 3, 1, 1), 4, 4);
    return List.of(
        frame(sizes, random, sixtyFour, 64),
        frame(sizes, random, forty, 40),
        frame(sizes, random, twelve, 12),
        frame(sizes, random, first, 3),
        frame(sizes, random, expand, 12),
        frame(sizes, random, upsample, 56),
        frame(sizes, random, new UpsampleNearest(2), 24),
        patches(sizes, random, forty, 40),
        patches(sizes, random, valid, 50),
        frame(sizes, random, new TopK(40), 1),
        frame(sizes, random, new GlobalAverage(), 64));
  }

  private static Parameter parameter(Random random, int n, int c, int h, int w) {
    return new Parameter("tuning", noise(random, new Shape(n, c, h, w)));
  }

  private static Conv2d conv(Random random, int in, int out, ConvGeometry geometry) {
    Parameter filters = parameter(random, out, in, geometry.filterHeight(), geometry.filterWidth());
    return new Conv2d(
        filters, parameter(random, 1, out, 1, 1), geometry, Activation.leakyRelu(0.1f), null);
  }

  /** Values small enough that sums of hundreds of products stay near 1. */
  private static FloatTensor noise(Random random, Shape shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = random.nextFloat() * 0.4f - 0.2f;
    }
    return tensor;
  }

  private static TuningCase frame(Sizes sizes, Random random, Operator operator, int channels) {
    Operand operand = Operand.frame(noise(random, Shape.frame(channels, 11, 37)));
    TensorType large = TensorType.frame(channels, sizes.height(), sizes.width());
    return new TuningCase(new SelfTestCases.Case(operator, List.of(operand)), List.of(large));
  }

  private static TuningCase patches(Sizes sizes, Random random, Operator operator, int channels) {
    Operand operand = Operand.patches(noise(random, new Shape(35, channels, 6, 6)));
    TensorType large = new TensorType(new Shape(sizes.patches(), channels, 6, 6), Layout.PATCHES);
    return new TuningCase(new SelfTestCases.Case(operator, List.of(operand)), List.of(large));
  }

  /** How many times as fast {@code other} is as {@code present}, which take turns. */
  double compare(KernelLibrary present, KernelLibrary other, CommandQueue queue) {
    long[] one = new long[TURNS];
    long[] two = new long[TURNS];
    try (Run a = new Run(present, queue);
        Run b = new Run(other, queue)) {
      a.nanos();
      b.nanos();
      for (int i = 0; i < TURNS; i++) {
        one[i] = a.nanos();
        two[i] = b.nanos();
      }
    }
    return Arrays.stream(one).min().orElseThrow() / (double) Arrays.stream(two).min().orElseThrow();
  }

  /** The operator recorded at the large size, with memory of its own. */
  private final class Run implements AutoCloseable {
    private final CommandQueue queue;
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private final LaunchRecorder recorder;
    private final Profile profile;

    Run(KernelLibrary library, CommandQueue queue) {
      this.queue = queue;
      recorder = new LaunchRecorder(library, queue);
      Operator operator = small.operator();
      TensorType type = operator.output(large);
      try {
        List<TensorView> inputs = large.stream().map(in -> view(library, in)).toList();
        TensorView output = view(library, type);
        long scratch = operator.scratchBytes(large, type);
        DeviceBuffer room = scratch == 0 ? null : library.context().allocate(scratch);
        if (room != null) {
          buffers.add(room);
        }
        recorder.begin("tune", operator.name(), room, 0);
        operator.record(recorder, inputs, output);
        profile = library.context().profile(recorder.recorded().size());
      } catch (RuntimeException | Error e) {
        closeMemory();
        throw e;
      }
    }

    private TensorView view(KernelLibrary library, TensorType type) {
      TensorView view = TensorView.allocate(library.context(), type);
      buffers.add(view.buffer());
      queue.write(view.buffer(), 0, noise(view.buffer().bytes()));
      return view;
    }

    /** The same for every candidate; equal values would make top-K's work another. */
    private static ByteBuffer noise(long bytes) {
      int floats = Math.toIntExact(bytes / Float.BYTES);
      float[] block = TuningCase.noise(new Random(1), new Shape(1, 1, 1, NOISE)).data();
      ByteBuffer buffer =
          ByteBuffer.allocateDirect(Float.BYTES * floats).order(ByteOrder.nativeOrder());
      FloatBuffer values = buffer.asFloatBuffer();
      while (values.hasRemaining()) {
        values.put(block, 0, Math.min(NOISE, values.remaining()));
      }
      return buffer;
    }

    long nanos() {
      profile.reset();
      recorder.recorded().forEach(step -> queue.enqueue(step.launch(), profile));
      queue.finish();
      long sum = 0;
      for (int i = 0; i < profile.size(); i++) {
        sum += profile.nanos(i);
      }
      return Math.max(1, sum);
    }

    private void closeMemory() {
      recorder.close();
      buffers.forEach(DeviceBuffer::close);
    }

    @Override
    public void close() {
      profile.close();
      closeMemory();
    }
  }
}
