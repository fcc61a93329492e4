package dev.loupe.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.op.Activate;
import dev.loupe.op.GridMean;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.Layout;
import dev.loupe.op.Operator;
import dev.loupe.op.PatchGather;
import dev.loupe.op.PatchScatter;
import dev.loupe.op.PixelsToTensor;
import dev.loupe.op.TensorToPixels;
import dev.loupe.op.TensorType;
import dev.loupe.op.TensorView;
import dev.loupe.op.TopK;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.NdRange;
import dev.loupe.opencl.NullBinding;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.Profile;
import dev.loupe.opencl.ProgramCache;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of {@link DeviceGraph} on the device that computes nothing. */
class DeviceGraphTest {
  private final NullBinding nothing = new NullBinding();
  private final Context context =
      Context.create(OpenCl.of(nothing).select(null), ProgramCache.none());
  private final CommandQueue queue = context.queue();
  private final KernelLibrary library = new KernelLibrary(context, Tuning.forClass("cpu-16"));

  @AfterEach
  void everythingIsClosedOnce() {
    library.close();
    queue.close();
    assertEquals(List.of(), context.openObjects());
    context.close();
    assertEquals(0, nothing.open());
  }

  /** A small guided frame: 9 launches of 8 programs. */
  private static Graph graph() {
    Graph graph = new Graph();
    TensorType pixels = new TensorType(Shape.frame(3, 40, 52), Layout.PIXELS8);
    Value frame = graph.add(new PixelsToTensor(1), graph.input("input", pixels));
    Value feature = graph.add(GraphTest.conv(3, 12, 1), frame);
    Value mask = graph.add(new GridMean(4), graph.add(GraphTest.conv(12, 1, 1), feature));
    Value cells = graph.add(new TopK(30), mask);
    Value picture = graph.add(GraphTest.conv(12, 12, 1), feature);
    Value patches = graph.add(new PatchGather(4, 0, 0, 30), feature, cells);
    Value refined = graph.add(new PatchScatter(4), picture, patches, cells);
    graph.output(graph.add(new TensorToPixels(2, 1, 3, Layout.PIXELS8), refined));
    return graph;
  }

  @Test
  void launchesAreRecordedOnceAndReplayedWithNothingNew() {
    Graph graph = graph();
    try (DeviceGraph device = new DeviceGraph(graph, library, queue);
        Profile profile = context.profile(device.steps().size())) {
      assertEquals(graph.nodes().size(), device.steps().size());
      long open = nothing.open();
      long builds = nothing.builds();
      long allocations = nothing.allocations();
      long launches = nothing.launches();
      assertEquals(0, launches);
      for (int frame = 1; frame <= 3; frame++) {
        profile.reset();
        device.run(0, device.steps().size(), profile);
        assertEquals((long) frame * device.steps().size(), nothing.launches());
      }
      assertEquals(builds, nothing.builds());
      assertEquals(allocations, nothing.allocations());
      assertEquals(open, nothing.open());
      assertEquals(device.plan().bytes(), bytesOf(device));
    }
  }

  private static long bytesOf(DeviceGraph device) {
    return device.plan().arenas().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void aReplayAllocatesNextToNothingOnTheHeap() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (DeviceGraph device = new DeviceGraph(graph(), library, queue);
        Profile profile = context.profile(device.steps().size())) {
      replay(device, profile, 2000);
      int frames = 1000;
      long before = threads.getCurrentThreadAllocatedBytes();
      replay(device, profile, frames);
      long each = (threads.getCurrentThreadAllocatedBytes() - before) / frames;
      assertTrue(each < 64, each + " bytes a frame");
    }
  }

  private static void replay(DeviceGraph device, Profile profile, int frames) {
    for (int i = 0; i < frames; i++) {
      profile.reset();
      device.run(0, device.steps().size(), profile);
    }
  }

  @Test
  void closingTwiceIsClosingOnce() {
    DeviceGraph device = new DeviceGraph(graph(), library, queue);
    device.close();
    long released = nothing.releases();
    device.close();
    assertEquals(released, nothing.releases());
  }

  @Test
  void aGraphThatCannotBeRecordedLeavesNothingOpen() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(3, 4, 4));
    Value relu = graph.add(new Activate(Activation.RELU, null), input);
    graph.output(graph.add(Blend.fresh(3), relu));
    assertThrows(UnsupportedOperationException.class, () -> new DeviceGraph(graph, library, queue));
  }

  @Test
  void aLaunchThatTheDeviceRefusesLeavesNothingOpen() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(1, 4, 4));
    graph.output(graph.add(new Recorded(DeviceGraphTest::launchLopsided), input));
    assertThrows(IllegalArgumentException.class, () -> new DeviceGraph(graph, library, queue));
  }

  /** Host memory ends where weights are packed: what the device has given must go back. */
  @Test
  void noHostMemoryLeavesNothingOpen() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(1, 4, 4));
    graph.output(
        graph.add(
            new Recorded(
                (recorder, output) -> {
                  throw new OutOfMemoryError("as when weights are packed");
                }),
            input));
    assertThrows(OutOfMemoryError.class, () -> new DeviceGraph(graph, library, queue));
  }

  /** Launches groups of two over three work-items, which no device runs. */
  private static void launchLopsided(LaunchRecorder recorder, TensorView output) {
    recorder
        .kernel("select/top_k.cl", "all_cells", recorder.defines().set("GROUP", 2))
        .list(output)
        .ints(3)
        .launch(NdRange.global(3, 1, 1).local(2, 1, 1));
  }

  /** An operator that is recorded, never run. */
  private record Recorded(BiConsumer<LaunchRecorder, TensorView> recording) implements Operator {
    @Override
    public String name() {
      return "recorded";
    }

    @Override
    public TensorType output(List<TensorType> inputs) {
      return inputs.get(0);
    }

    @Override
    public FloatTensor reference(List<FloatTensor> inputs) {
      throw new UnsupportedOperationException("recorded, never run");
    }

    @Override
    public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
      recording.accept(recorder, output);
    }
  }
}
