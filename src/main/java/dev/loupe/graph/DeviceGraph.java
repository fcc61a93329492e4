package dev.loupe.graph;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.Profile;
import java.util.ArrayList;
import java.util.List;

/**
 * The executor on a device: the graph's memory, and its launches recorded once and replayed for
 * every frame without allocating. Not thread-safe.
 */
public final class DeviceGraph implements AutoCloseable {
  private final MemoryPlan plan;
  private final List<DeviceBuffer> arenas = new ArrayList<>();
  private final LaunchRecorder recorder;
  private final CommandQueue queue;

  /**
   * Plans, allocates and records {@code graph}.
   *
   * @throws dev.loupe.opencl.OutOfDeviceMemoryException if the device refuses the arena
   */
  public DeviceGraph(Graph graph, KernelLibrary library, CommandQueue queue) {
    this.queue = queue;
    plan = new MemoryPlan(graph, library.context().device().memory().maxAllocation());
    recorder = new LaunchRecorder(library, queue);
    try {
      for (long bytes : plan.arenas()) {
        arenas.add(library.context().allocate(bytes));
      }
      record(graph, plan, arenas, 0, recorder);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Records every node of {@code graph} with tensors placed by {@code plan} in {@code arenas}, from
   * {@code byteOffset} on: also the way an operator runs a graph of its own in its scratch memory.
   */
  public static void record(
      Graph graph,
      MemoryPlan plan,
      List<DeviceBuffer> arenas,
      long byteOffset,
      LaunchRecorder recorder) {
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      MemoryPlan.Place scratch = plan.scratch(i);
      recorder.begin(
          node.stage(),
          node.operator().name(),
          scratch == null ? null : arenas.get(scratch.arena()),
          scratch == null ? 0 : byteOffset + scratch.byteOffset());
      List<TensorView> inputs =
          node.inputs().stream().map(in -> view(in, plan, arenas, byteOffset)).toList();
      TensorView output = view(node.output(), plan, arenas, byteOffset);
      node.operator().record(recorder, inputs, output);
    }
  }

  /** The memory of {@code value} as {@code plan} places it. */
  public static TensorView view(
      Value value, MemoryPlan plan, List<DeviceBuffer> arenas, long byteOffset) {
    MemoryPlan.Place place = plan.place(value);
    return new TensorView(
        arenas.get(place.arena()),
        (byteOffset + place.byteOffset()) / value.type().elementBytes(),
        value.type());
  }

  /** The memory of an input or output. */
  public TensorView view(Value value) {
    return view(value, plan, arenas, 0);
  }

  public MemoryPlan plan() {
    return plan;
  }

  /** The recorded launches, in order. */
  public List<LaunchRecorder.Step> steps() {
    return recorder.steps();
  }

  /** The status word, in which kernels raise the bits of {@link LaunchRecorder}. */
  public DeviceBuffer status() {
    return recorder.status();
  }

  /**
   * Enqueues launches {@code first} to {@code end - 1}, timed by {@code profile}; returns before
   * they have run.
   */
  public void run(int first, int end, Profile profile) {
    List<LaunchRecorder.Step> steps = recorder.steps();
    for (int i = first; i < end; i++) {
      queue.enqueue(steps.get(i).launch(), profile);
    }
  }

  @Override
  public void close() {
    recorder.close();
    arenas.forEach(DeviceBuffer::close);
    arenas.clear();
  }
}
