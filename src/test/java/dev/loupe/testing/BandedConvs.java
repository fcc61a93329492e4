package dev.loupe.testing;

import dev.loupe.graph.DeviceGraph;
import dev.loupe.graph.Graph;
import dev.loupe.graph.MemoryPlan;
import dev.loupe.graph.Value;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.network.RandomWeights;
import dev.loupe.op.TensorType;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;

/**
 * The program that runs two convolutions in low bands under a memory checker (.ci/oclgrind). The
 * tensor between them is a window of a few rows at the end of the arena: a kernel that loads rows
 * it does not need loads what lies behind the memory.
 */
public final class BandedConvs {
  private static final int HEIGHT = 60;
  private static final int WIDTH = 40;
  private static final int BAND = 4;

  private BandedConvs() {}

  /** Runs them on the first device for each device class named. */
  public static void main(String[] deviceClasses) {
    OpenCl openCl = OpenCl.load(null);
    try (Context context = Context.create(openCl.select(null), ProgramCache.none());
        CommandQueue queue = context.queue()) {
      for (String deviceClass : deviceClasses) {
        try (KernelLibrary library = new KernelLibrary(context, Tuning.forClass(deviceClass))) {
          run(library, queue);
          System.out.printf(
              "%s: convolutions in bands of %d rows ran as %d programs on %s%n",
              deviceClass, BAND, library.size(), context.device().name());
        }
      }
    }
  }

  private static void run(KernelLibrary library, CommandQueue queue) {
    Graph graph = new Graph();
    NetworkBuilder net = new NetworkBuilder(graph, new RandomWeights(5, 0.5f));
    Value input = graph.input("input", TensorType.frame(3, HEIGHT, WIDTH));
    Value between = net.conv("first", input, 2, 3).linear();
    graph.output(net.conv("second", between, 3, 3).linear());
    MemoryPlan plan = MemoryPlan.banded(graph, Long.MAX_VALUE, BAND);
    long last = plan.arenas().get(0) - plan.place(between).byteOffset();
    if (last > 2L * HEIGHT * WIDTH * Float.BYTES) {
      throw new IllegalStateException("the window is not last in the arena, so this shows nothing");
    }
    try (DeviceGraph frame = new DeviceGraph(plan, library, queue)) {
      frame.run(0, frame.steps().size(), null);
      queue.finish();
    }
  }
}
