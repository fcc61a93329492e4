package dev.loupe.guided;

import dev.loupe.graph.MemoryPlan;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.testing.SharedContext;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ways a frame runs in tests: "java" (the reference), "lwjgl", "jocl", and "gpu" and
 * "gpu-matrix", which force the kernels for GPUs on the device there is. Kernels are shared by all
 * tests of the JVM.
 */
final class Engines {
  private record Device(KernelLibrary library, CommandQueue queue) {}

  private static final Map<String, Device> DEVICES = new ConcurrentHashMap<>();

  private Engines() {}

  /** A runner of {@code frame} in bands of {@code band} input rows. */
  static FrameRunner banded(String engine, FrameGraph frame, int band) {
    Device device = DEVICES.computeIfAbsent(engine, Engines::open);
    FrameGraph split = frame.splitConcats();
    return new DeviceFrameRunner(
        split,
        MemoryPlan.banded(split.graph(), Long.MAX_VALUE, band),
        device.library(),
        device.queue());
  }

  /** A runner of {@code frame}; the test is skipped where there is no device. */
  static FrameRunner runner(String engine, FrameGraph frame) {
    if (engine.equals("java")) {
      return new ReferenceFrameRunner(frame);
    }
    Device device = DEVICES.computeIfAbsent(engine, Engines::open);
    return whole(frame.splitConcats(), device.library(), device.queue());
  }

  /** A runner of {@code frame} on a device, node after node. */
  static FrameRunner whole(FrameGraph frame, KernelLibrary library, CommandQueue queue) {
    long most = library.context().device().memory().maxAllocation();
    return new DeviceFrameRunner(frame, new MemoryPlan(frame.graph(), most), library, queue);
  }

  /** Runs a frame of floats on noise that is the same every time; the picture it makes. */
  static float[] run(FrameRunner runner) {
    Random random = new Random(3);
    float[] src = new float[(int) runner.frame().input().type().shape().elements()];
    for (int i = 0; i < src.length; i++) {
      src[i] = random.nextFloat();
    }
    float[] picture = new float[(int) runner.frame().output().type().shape().elements()];
    runner.run(FloatBuffer.wrap(src), FloatBuffer.wrap(picture));
    runner.run(FloatBuffer.wrap(src), FloatBuffer.wrap(picture)); // windows begin anew each frame
    return picture;
  }

  private static Device open(String engine) {
    boolean gpu = engine.startsWith("gpu");
    Context context = SharedContext.get(gpu ? "lwjgl" : engine);
    KernelLibrary library =
        gpu ? new KernelLibrary(context, Tuning.forClass(engine)) : new KernelLibrary(context);
    return new Device(library, context.queue());
  }
}
