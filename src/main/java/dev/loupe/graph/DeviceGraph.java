package dev.loupe.graph;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.ParameterMemory;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.LaunchPart;
import dev.loupe.opencl.Profile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The executor on a device: the graph's memory, and its launches recorded once and replayed for
 * every frame without allocating. Not thread-safe.
 */
public final class DeviceGraph implements AutoCloseable {
  /**
   * One launch, or a band of it, and the part of the frame it is timed under.
   *
   * @param part what is enqueued
   * @param stage base, mask, top-k...
   * @param operator the operator's name
   */
  public record Step(LaunchPart part, String stage, String operator) {}

  private final MemoryPlan plan;
  private final List<DeviceBuffer> arenas = new ArrayList<>();
  private final LaunchRecorder recorder;
  private final CommandQueue queue;
  private final List<Step> steps;

  /**
   * Allocates and records {@code graph}, node after node.
   *
   * @throws dev.loupe.opencl.OutOfDeviceMemoryException if the device refuses the arena
   */
  public DeviceGraph(Graph graph, KernelLibrary library, CommandQueue queue) {
    this(
        new MemoryPlan(graph, library.context().device().memory().maxAllocation()), library, queue);
  }

  /**
   * Allocates and records the graph of {@code plan} as that places it.
   *
   * @throws dev.loupe.opencl.OutOfDeviceMemoryException if the device refuses the arena
   */
  public DeviceGraph(MemoryPlan plan, KernelLibrary library, CommandQueue queue) {
    this(plan, library, queue, ParameterMemory.NONE);
  }

  /** As above, with weights that may change between runs. */
  public DeviceGraph(
      MemoryPlan plan, KernelLibrary library, CommandQueue queue, ParameterMemory parameters) {
    this.queue = queue;
    this.plan = plan;
    recorder = new LaunchRecorder(library, queue, parameters, plan.graph().precision());
    try {
      for (long bytes : plan.arenas()) {
        DeviceBuffer arena = library.context().allocate(bytes);
        arenas.add(arena);
        // Some drivers allocate at first use, when it would be too late to take less.
        queue.fill(arena, 0, Integer.BYTES, 0);
      }
      queue.finish();
      library.expect(() -> ProgramForecast.of(plan, library, parameters));
      steps = new BandRecorder(plan, arenas, recorder).steps();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    } finally {
      library.expect(null);
    }
  }

  /**
   * Records every node of the graph of {@code plan}, its tensors in {@code arenas} from {@code
   * byteOffset} on: the way an operator runs a graph of its own in its scratch memory.
   */
  public static void record(
      MemoryPlan plan, List<DeviceBuffer> arenas, long byteOffset, LaunchRecorder recorder) {
    for (int i = 0; i < plan.graph().nodes().size(); i++) {
      record(i, plan, arenas, byteOffset, recorder);
    }
  }

  /** Records one node, over all rows. */
  static void record(
      int index,
      MemoryPlan plan,
      List<DeviceBuffer> arenas,
      long byteOffset,
      LaunchRecorder recorder) {
    Node node = plan.graph().nodes().get(index);
    MemoryPlan.Place scratch = plan.scratch(index);
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

  /** The memory of {@code value} as {@code plan} places it. */
  public static TensorView view(
      Value value, MemoryPlan plan, List<DeviceBuffer> arenas, long byteOffset) {
    MemoryPlan.Place place = plan.place(value);
    return new TensorView(
        arenas.get(place.arena()),
        (byteOffset + place.byteOffset()) / value.type().elementBytes(),
        value.type(),
        plan.plane(value));
  }

  /** The memory of an input or output. */
  public TensorView view(Value value) {
    return view(value, plan, arenas, 0);
  }

  public MemoryPlan plan() {
    return plan;
  }

  /** What is enqueued for a frame, in order. */
  public List<Step> steps() {
    return Collections.unmodifiableList(steps);
  }

  /** The status word, in which kernels raise the bits of {@link LaunchRecorder}. */
  public DeviceBuffer status() {
    return recorder.status();
  }

  /**
   * Enqueues steps {@code first} to {@code end - 1}, timed by {@code profile} or, if that is null,
   * not; returns before they have run.
   */
  public void run(int first, int end, Profile profile) {
    for (int i = first; i < end; i++) {
      queue.enqueue(steps.get(i).part(), profile);
    }
  }

  @Override
  public void close() {
    recorder.close();
    arenas.forEach(DeviceBuffer::close);
    arenas.clear();
  }
}
