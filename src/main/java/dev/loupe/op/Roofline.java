package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.Profile;
import java.time.Duration;
import java.util.stream.IntStream;

/**
 * The two limits of a device, measured by kernels that do nothing else (Williams et al.,
 * "Roofline", CACM 2009): no work takes less time than its arithmetic at the one and its memory
 * traffic at the other.
 *
 * @param gflops arithmetic in GFLOP/s, 2 for each multiply-add
 * @param gigabytes memory traffic in GB/s, bytes read and bytes written
 */
public record Roofline(double gflops, double gigabytes) {
  private static final int RUNS = 10;
  private static final int GPU_ITEMS = 2048;
  private static final int GPU_ROUNDS = 1 << 12;
  private static final int CPU_ITEMS = 16;
  private static final int CPU_ROUNDS = 1 << 18;

  /** Independent chains that hide the latency of a multiply-add on two ports. */
  private static final int LEAST_CHAINS = 8;

  /** Bytes of each of the two buffers that are copied: far beyond every cache. */
  private static final long COPY_BYTES = 256L << 20;

  private static final int CPU_VECTORS = 256;

  /**
   * Loads of 16 bytes an item. One float an item in groups of 64 moved 846 GB/s on an NVIDIA H200,
   * whose memory does 4.8 TB/s by its maker.
   */
  private static final int GPU_VECTORS = 4;

  /** Measures the device of {@code library}: the best of some runs. */
  public static Roofline measure(KernelLibrary library, CommandQueue queue) {
    return new Roofline(multiplyAdds(library, queue), copy(library, queue));
  }

  /** The least time of some work, in nanoseconds. */
  public double nanos(long multiplyAdds, long bytes) {
    return Math.max(2.0 * multiplyAdds / gflops, bytes / gigabytes);
  }

  /**
   * The time that this program has had of all processors, over their number, in nanoseconds: what
   * its work took where others take turns with it.
   */
  public static double processorNanos() {
    Duration had = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    return (double) had.toNanos() / Runtime.getRuntime().availableProcessors();
  }

  private static double multiplyAdds(KernelLibrary library, CommandQueue queue) {
    Tuning tuning = library.tuning();
    boolean shared = tuning.workGroup() > 1;
    int units = Math.max(1, library.context().device().compute().units());
    long items = (long) units * (shared ? GPU_ITEMS : CPU_ITEMS);
    int rounds = shared ? GPU_ROUNDS : CPU_ROUNDS;
    int chains = Math.max(LEAST_CHAINS, tuning.accumulators() / 2);
    try (LaunchRecorder recorder = new LaunchRecorder(library, queue)) {
      DeviceBuffer dst = recorder.memory(items * tuning.lanes() * Float.BYTES);
      recorder
          .kernel("roofline/multiply_adds.cl", "multiply_adds", lanes(tuning).set("CHAINS", chains))
          .buffer(dst)
          .ints(rounds)
          .float32(0.999f)
          .float32(0.001f)
          .launchInGroups(items, tuning.workGroup());
      return 2.0 * items * tuning.lanes() * chains * rounds / nanos(recorder, queue);
    }
  }

  private static double copy(KernelLibrary library, CommandQueue queue) {
    Tuning tuning = library.tuning();
    Device.Memory memory = library.context().device().memory();
    boolean shared = tuning.workGroup() > 1;
    int lanes = tuning.movedLanes();
    int vectors = shared ? GPU_VECTORS : CPU_VECTORS;
    int group = tuning.reduceGroup();
    long step = (long) vectors * lanes * group * Float.BYTES;
    long most = Math.min(COPY_BYTES, Math.min(memory.maxAllocation(), memory.global() / 4));
    long bytes = most / step * step;
    try (LaunchRecorder recorder = new LaunchRecorder(library, queue)) {
      DeviceBuffer src = recorder.memory(bytes);
      DeviceBuffer dst = recorder.memory(bytes);
      queue.fill(src, 0, bytes, 0);
      Defines defines = new Defines().set("LANES", lanes).set("VECTORS", vectors);
      recorder
          .kernel("roofline/copy_floats.cl", "copy_floats", defines)
          .buffer(src)
          .buffer(dst)
          .launchInGroups(bytes / Float.BYTES / vectors / lanes, group);
      return 2.0 * bytes / nanos(recorder, queue);
    }
  }

  private static Defines lanes(Tuning tuning) {
    return new Defines().set("LANES", tuning.lanes());
  }

  /**
   * The least time of some runs; where the device is the processor itself, their mean {@link
   * #processorNanos}.
   */
  private static double nanos(LaunchRecorder recorder, CommandQueue queue) {
    Context context = recorder.library().context();
    try (Profile profile = context.profile(RUNS)) {
      queue.enqueue(recorder.recorded().get(0).launch());
      queue.finish();
      double before = processorNanos();
      for (int i = 0; i < RUNS; i++) {
        queue.enqueue(recorder.recorded().get(0).launch(), profile);
      }
      queue.finish();
      if (context.device().type() == Device.Type.CPU) {
        return Math.max(1, (processorNanos() - before) / RUNS);
      }
      return IntStream.range(0, RUNS).mapToLong(profile::nanos).min().orElseThrow();
    }
  }
}
