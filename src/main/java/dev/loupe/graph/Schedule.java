package dev.loupe.graph;

import dev.loupe.op.Layout;
import dev.loupe.op.Rows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The order in which a graph runs, and which rows of every tensor are held at a time.
 *
 * <p>Node after node, or depth-first in bands: each node makes the rows that its inputs allow, the
 * deepest node first, so that what one writes the next finds in cache, and a tensor needs to hold
 * no more rows than lie between its writer and its slowest reader. No row is made twice.
 */
final class Schedule {
  /**
   * A window of rows that moves on: the rows still needed are copied to its beginning.
   *
   * @param task before which task
   * @param root the region
   * @param from row at the window's beginning so far
   * @param live rows still needed
   */
  record Slide(int task, Value root, int from, Rows live) {}

  private final List<Task> tasks;
  private final List<Slide> slides = new ArrayList<>();
  private final int[] held;

  private Schedule(Graph graph, List<Task> tasks) {
    this.tasks = tasks;
    held = new int[graph.values().size()];
    for (Value value : graph.values()) {
      held[value.id()] = value.type().shape().h();
    }
  }

  /** Node after node; every tensor holds all its rows. */
  static Schedule whole(Graph graph) {
    List<Task> tasks = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      int height = graph.nodes().get(i).output().type().shape().h();
      tasks.add(new Task(i, new Rows(0, height)));
    }
    return new Schedule(graph, tasks);
  }

  /**
   * Depth-first.
   *
   * @param band rows of the graph's input that a band is high; tensors of another height have bands
   *     in proportion
   */
  static Schedule banded(Graph graph, Sharing sharing, int band) {
    BandOrder order = new BandOrder(graph, sharing, band);
    List<Task> tasks = new ArrayList<>();
    List<BandOrder.Write> writes = new ArrayList<>();
    while (!order.isDone()) {
      Task task = order.next();
      writes.add(order.write(task));
      order.advance(task);
      tasks.add(task);
    }
    Schedule schedule = new Schedule(graph, tasks);
    schedule.hold(graph, sharing, writes);
    return schedule;
  }

  /** Sizes the windows and lets them slide. */
  private void hold(Graph graph, Sharing sharing, List<BandOrder.Write> writes) {
    int[] live = new int[held.length];
    int[] advance = new int[held.length];
    int[] ends = new int[held.length];
    for (BandOrder.Write write : writes) {
      int id = write.root().id();
      live[id] = Math.max(live[id], write.end() - write.low());
      advance[id] = Math.max(advance[id], write.end() - ends[id]);
      ends[id] = Math.max(ends[id], write.end());
    }
    for (Value value : graph.values()) {
      Value root = sharing.root(value);
      int height = root.type().shape().h();
      int rows = live[root.id()] + slack(live[root.id()], advance[root.id()]);
      boolean whole =
          root.type().layout() != Layout.FRAME
              || rows >= height
              || sharing.members(root).stream().anyMatch(v -> isEnd(graph, v));
      held[value.id()] = whole ? height : rows;
    }
    int[] base = new int[held.length];
    for (int i = 0; i < writes.size(); i++) {
      BandOrder.Write write = writes.get(i);
      int id = write.root().id();
      if (write.end() > base[id] + held[id]) {
        slides.add(new Slide(i, write.root(), base[id], new Rows(write.low(), write.high())));
        base[id] = write.low();
      }
    }
  }

  /**
   * Rows beyond those ever needed: as many that a window which slides copies at most twice as many
   * rows as were made since. A low window of a high band needs none; a higher band is worth more.
   */
  private static int slack(int live, int advance) {
    int kept = live - advance;
    return Math.max(0, (kept + 1) / 2 - advance);
  }

  private static boolean isEnd(Graph graph, Value value) {
    return graph.inputs().contains(value) || graph.outputs().contains(value);
  }

  /** What runs, in order. */
  List<Task> tasks() {
    return Collections.unmodifiableList(tasks);
  }

  /** The windows that move, in order. */
  List<Slide> slides() {
    return Collections.unmodifiableList(slides);
  }

  /** Rows of each channel that {@code value} holds at a time. */
  int held(Value value) {
    return held[value.id()];
  }
}
