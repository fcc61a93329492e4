package dev.loupe.graph;

import dev.loupe.op.RowWindow;
import dev.loupe.op.Rows;
import dev.loupe.tensor.Blocks;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A depth-first run through a graph, played out row by row: which node can make which rows next,
 * and which rows of every tensor are still needed.
 */
final class BandOrder {
  /**
   * The rows of a region when a task writes to it.
   *
   * @param root the region
   * @param low first row that is still needed
   * @param high row after the last one written before
   * @param end row after the last one written by the task
   */
  record Write(Value root, int low, int high, int end) {}

  /** A node that reads a value, of which each of its rows takes {@code rows}. */
  private record Reader(int node, RowWindow rows) {}

  /**
   * What is asked of a node again and again, kept: a 960x540 frame of RCAN, full, was prepared in
   * 44 s while operators were asked each time, and every node at each step, and is in 2.6.
   *
   * @param output what it makes
   * @param height rows of the output
   * @param step rows that it makes together
   * @param band rows of its band, a multiple of the step
   * @param inputs what it reads
   * @param windows rows of each input that a row is made of
   * @param overwritten the input in whose place it writes, or null
   */
  private record Maker(
      Value output,
      int height,
      int step,
      int band,
      List<Value> inputs,
      List<RowWindow> windows,
      Value overwritten) {
    static Maker of(Node node, int band, int inputHeight) {
      int height = node.output().type().shape().h();
      int step = node.bandStep();
      long rows = Math.max(1, (long) band * height / Math.max(1, inputHeight));
      int lost = node.operator().overwrites();
      return new Maker(
          node.output(),
          height,
          step,
          Math.toIntExact(Math.min(height, Blocks.roundUp(rows, step))),
          node.inputs(),
          IntStream.range(0, node.inputs().size()).mapToObj(node::rows).toList(),
          lost < 0 ? null : node.inputs().get(lost));
    }
  }

  private final Graph graph;
  private final Sharing sharing;
  private final List<Maker> makers;
  private final int[] done;
  private final int[] high;
  private final int[] producer;
  private final List<List<Reader>> readers = new ArrayList<>();
  private final List<List<Value>> members = new ArrayList<>();
  private final boolean[] whole;

  /** Nodes that may have become able to run, or wanted, since they were last asked. */
  private final TreeSet<Integer> candidates = new TreeSet<>();

  /** Nodes that can run, but were not wanted: until they have run they always can. */
  private final TreeSet<Integer> able = new TreeSet<>();

  private int unfinished;

  BandOrder(Graph graph, Sharing sharing, int band) {
    this.graph = graph;
    this.sharing = sharing;
    int inputHeight =
        graph.inputs().stream().mapToInt(v -> v.type().shape().h()).max().orElse(Integer.MAX_VALUE);
    done = new int[graph.nodes().size()];
    whole = new boolean[graph.nodes().size()];
    high = new int[graph.values().size()];
    producer = new int[graph.values().size()];
    unfinished = graph.nodes().size();
    for (Value value : graph.values()) {
      readers.add(new ArrayList<>());
      members.add(sharing.root(value).id() == value.id() ? sharing.members(value) : List.of());
      producer[value.id()] = -1;
    }
    makers = graph.nodes().stream().map(node -> Maker.of(node, band, inputHeight)).toList();
    for (int i = 0; i < makers.size(); i++) {
      Maker maker = makers.get(i);
      producer[maker.output().id()] = i;
      candidates.add(i);
      for (int input = 0; input < maker.inputs().size(); input++) {
        Reader reader = new Reader(i, maker.windows().get(input));
        readers.get(maker.inputs().get(input).id()).add(reader);
      }
    }
    for (int i = 0; i < makers.size(); i++) {
      whole[i] = isWhole(makers.get(i));
    }
    graph.inputs().forEach(v -> high[sharing.root(v).id()] = v.type().shape().h());
  }

  boolean isDone() {
    return unfinished == 0;
  }

  /**
   * The deepest node that can make half a band or its last rows and whose readers wait for them,
   * else the deepest that can make any.
   */
  Task next() {
    while (!candidates.isEmpty()) {
      int node = candidates.last();
      Rows rows = possible(node);
      int wanted = Math.min(makers.get(node).band(), height(node) - done[node]);
      boolean enough = rows.end() == height(node) || 2 * rows.count() >= wanted;
      if (!rows.isEmpty() && enough && isWanted(node)) {
        return new Task(node, rows);
      }
      candidates.remove(node);
      if (!rows.isEmpty()) {
        able.add(node);
      }
    }
    if (able.isEmpty()) {
      throw new IllegalStateException("no node of the graph can run");
    }
    return new Task(able.last(), possible(able.last()));
  }

  /** Whether a reader needs more rows of this node for its own next band. */
  private boolean isWanted(int node) {
    Value output = makers.get(node).output();
    for (Reader reader : readers.get(output.id())) {
      if (lastNeeded(reader, height(node)) > done[node]) {
        return true;
      }
    }
    return graph.outputs().contains(output);
  }

  /** The row after the last that the reader's next band is made of. */
  private int lastNeeded(Reader reader, int height) {
    int first = done[reader.node()];
    int end = Math.min(height(reader.node()), first + makers.get(reader.node()).band());
    Rows next = new Rows(first, end);
    return next.isEmpty() ? 0 : reader.rows().of(next, height).end();
  }

  private int height(int node) {
    return makers.get(node).height();
  }

  /** The rows that the node's inputs allow, at most a band. */
  private Rows possible(int index) {
    Maker maker = makers.get(index);
    int first = done[index];
    int end = Math.min(maker.height(), first + maker.band());
    while (end > first && !isReady(index, new Rows(first, end))) {
      end = (end - 1) / maker.step() * maker.step();
    }
    return new Rows(first, Math.max(first, end));
  }

  private boolean isReady(int index, Rows rows) {
    Maker maker = makers.get(index);
    for (int i = 0; i < maker.inputs().size(); i++) {
      Value input = maker.inputs().get(i);
      int height = input.type().shape().h();
      if (maker.windows().get(i).of(rows, height).end() > readable(input)) {
        return false;
      }
    }
    return maker.overwritten() == null || !isReadLater(index, maker.overwritten(), rows);
  }

  /**
   * Rows that may be read. What is written in place of a value held whole saves nothing by being
   * read early: its readers wait for its last row, as what else it is made of is free by then.
   */
  private int readable(Value value) {
    int by = producer[value.id()];
    return by >= 0 && done[by] < height(by) && whole[by] ? 0 : available(value);
  }

  /** Whether the node writes in place of a value that some reader needs all of. */
  private boolean isWhole(Maker maker) {
    Value lost = maker.overwritten();
    return lost != null
        && readers.get(lost.id()).stream().anyMatch(r -> r.rows().equals(RowWindow.ALL));
  }

  private int available(Value value) {
    int by = producer[value.id()];
    return by < 0 ? value.type().shape().h() : done[by];
  }

  /** Whether another node has still to read rows of what this one would write over. */
  private boolean isReadLater(int index, Value lost, Rows rows) {
    for (Reader reader : readers.get(lost.id())) {
      if (reader.node() != index && firstNeeded(reader, lost) < rows.end()) {
        return true;
      }
    }
    return false;
  }

  private int firstNeeded(Reader reader, Value value) {
    int at = done[reader.node()];
    int height = value.type().shape().h();
    if (at == height(reader.node())) {
      return height;
    }
    return reader.rows().of(new Rows(at, at + 1), height).first();
  }

  /** What writing {@code task} means for its region; to be asked before {@link #advance}. */
  Write write(Task task) {
    Value root = sharing.root(makers.get(task.node()).output());
    int low = root.type().shape().h();
    for (Value value : members.get(root.id())) {
      low = Math.min(low, available(value));
      for (Reader reader : readers.get(value.id())) {
        low = Math.min(low, firstNeeded(reader, value));
      }
    }
    return new Write(root, low, high[root.id()], Math.max(high[root.id()], task.rows().end()));
  }

  /** Marks the rows of {@code task} as made. */
  void advance(Task task) {
    Maker maker = makers.get(task.node());
    done[task.node()] = task.rows().end();
    int root = sharing.root(maker.output()).id();
    high[root] = Math.max(high[root], task.rows().end());
    able.remove(task.node());
    candidates.add(task.node());
    readers.get(maker.output().id()).forEach(r -> candidates.add(r.node()));
    for (Value input : maker.inputs()) {
      // A reader that has moved on may free a node that writes over what it read.
      readers.get(input.id()).forEach(r -> candidates.add(r.node()));
      // What feeds a reader may be wanted again.
      if (producer[input.id()] >= 0) {
        candidates.add(producer[input.id()]);
      }
    }
    if (task.rows().end() == height(task.node())) {
      unfinished--;
    }
  }
}
