package dev.loupe.graph;

import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.RowCopy;
import dev.loupe.op.RowLaunch;
import dev.loupe.op.Rows;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.LaunchPart;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The unrolling of a schedule to launches: each node is recorded once, over all its rows, and every
 * task becomes the parts of those launches that make its rows.
 */
final class BandRecorder {
  private final Graph graph;
  private final MemoryPlan plan;
  private final List<DeviceBuffer> arenas;
  private final LaunchRecorder recorder;
  private final List<List<LaunchRecorder.Recorded>> launches = new ArrayList<>();
  private final Map<Value, RowLaunch> copies = new HashMap<>();
  private final int[] base;
  private final List<DeviceGraph.Step> steps = new ArrayList<>();

  BandRecorder(MemoryPlan plan, List<DeviceBuffer> arenas, LaunchRecorder recorder) {
    this.plan = plan;
    graph = plan.graph();
    this.arenas = arenas;
    this.recorder = recorder;
    base = new int[graph.values().size()];
    for (int i = 0; i < graph.nodes().size(); i++) {
      int from = recorder.recorded().size();
      DeviceGraph.record(i, plan, arenas, 0, recorder);
      launches.add(List.copyOf(recorder.recorded().subList(from, recorder.recorded().size())));
    }
    unroll();
  }

  List<DeviceGraph.Step> steps() {
    return steps;
  }

  private void unroll() {
    Deque<Schedule.Slide> slides = new ArrayDeque<>(plan.schedule().slides());
    List<Task> tasks = plan.schedule().tasks();
    for (int i = 0; i < tasks.size(); i++) {
      while (!slides.isEmpty() && slides.peek().task() == i) {
        slide(slides.poll(), graph.nodes().get(tasks.get(i).node()).stage());
      }
      add(tasks.get(i));
    }
  }

  private void add(Task task) {
    Node node = graph.nodes().get(task.node());
    for (LaunchRecorder.Recorded recorded : launches.get(task.node())) {
      RowLaunch launch = recorded.rowLaunch();
      boolean whole = task.rows().count() == node.output().type().shape().h();
      LaunchPart part =
          whole && isUnmoved(node)
              ? launch.launch().whole()
              : launch.part(task.rows(), offset -> offset(node, offset.view()));
      steps.add(new DeviceGraph.Step(part, recorded.stage(), recorded.operator()));
    }
  }

  /** Whether row 0 of every operand lies where the launch was recorded to find it. */
  private boolean isUnmoved(Node node) {
    return base(node.output()) == 0 && node.inputs().stream().allMatch(in -> base(in) == 0);
  }

  private int base(Value value) {
    return base[plan.root(value).id()];
  }

  /** Where row 0 of an operand lies, or would lie if its window held it. */
  private long offset(Node node, TensorView view) {
    return view.offset() - (long) base(valueAt(node, view)) * view.type().pitch();
  }

  /** The operand that holds {@code view}; operands overlap only where one is written in place. */
  private Value valueAt(Node node, TensorView view) {
    List<Value> operands = new ArrayList<>(node.inputs());
    operands.add(node.output());
    return operands.stream()
        .filter(operand -> holds(operand, view))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException(node.output().name() + " reads memory of no operand"));
  }

  private boolean holds(Value value, TensorView view) {
    TensorView all = DeviceGraph.view(value, plan, arenas, 0);
    long from = all.byteOffset();
    long at = view.byteOffset();
    return all.buffer() == view.buffer() && from <= at && at < from + plan.bytes(value);
  }

  private void slide(Schedule.Slide slide, String stage) {
    Value root = slide.root();
    base[root.id()] = slide.live().first();
    if (slide.live().isEmpty()) {
      return;
    }
    RowLaunch copy = copies.computeIfAbsent(root, this::recordCopy);
    RowLaunch.Offset src = copy.offsets().get(0);
    Rows live = slide.live();
    // Row live.first() of src begins the window, so dst is src moved up by the rows that are gone.
    ToLongFunction<RowLaunch.Offset> row0 =
        offset -> {
          int gone = offset.equals(src) ? slide.from() : live.first();
          return offset.view().offset() - (long) gone * root.type().pitch();
        };
    // At most as many rows at a time as the window moves: a copy must not overlap its source.
    int most = live.first() - slide.from();
    for (int first = live.first(); first < live.end(); first += most) {
      Rows rows = new Rows(first, Math.min(first + most, live.end()));
      steps.add(new DeviceGraph.Step(copy.part(rows, row0), stage, "slide"));
    }
  }

  private RowLaunch recordCopy(Value root) {
    TensorView view = DeviceGraph.view(root, plan, arenas, 0);
    int at = recorder.recorded().size();
    RowCopy.record(recorder, view, view, view.type().lanes());
    return recorder.recorded().get(at).rowLaunch();
  }
}
