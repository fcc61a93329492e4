package dev.loupe.graph;

import dev.loupe.op.RowWindow;
import dev.loupe.op.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

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

  /** A node that reads a value, as its input {@code index}. */
  private record Reader(int node, int index) {}

  private final Graph graph;
  private final Sharing sharing;
  private final int band;
  private final int inputHeight;
  private final int[] done;
  private final int[] high;
  private final int[] producer;
  private final List<List<Reader>> readers = new ArrayList<>();
  private final List<List<Value>> members = new ArrayList<>();
  private final TreeSet<Integer> candidates = new TreeSet<>();
  private int unfinished;

  BandOrder(Graph graph, Sharing sharing, int band) {
    this.graph = graph;
    this.sharing = sharing;
    this.band = band;
    inputHeight =
        graph.inputs().stream().mapToInt(v -> v.type().shape().h()).max().orElse(Integer.MAX_VALUE);
    done = new int[graph.nodes().size()];
    high = new int[graph.values().size()];
    producer = new int[graph.values().size()];
    unfinished = graph.nodes().size();
    for (Value value : graph.values()) {
      readers.add(new ArrayList<>());
      members.add(sharing.root(value).id() == value.id() ? sharing.members(value) : List.of());
      producer[value.id()] = -1;
    }
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      producer[node.output().id()] = i;
      candidates.add(i);
      for (int input = 0; input < node.inputs().size(); input++) {
        readers.get(node.inputs().get(input).id()).add(new Reader(i, input));
      }
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
      int wanted = Math.min(bandOf(node), height(node) - done[node]);
      boolean enough = rows.end() == height(node) || 2 * rows.count() >= wanted;
      if (!rows.isEmpty() && enough && isWanted(node)) {
        return new Task(node, rows);
      }
      candidates.remove(node);
    }
    for (int node = done.length - 1; node >= 0; node--) {
      Rows rows = possible(node);
      if (!rows.isEmpty()) {
        return new Task(node, rows);
      }
    }
    throw new IllegalStateException("no node of the graph can run");
  }

  /** Whether a reader needs more rows of this node for its own next band. */
  private boolean isWanted(int node) {
    Value output = graph.nodes().get(node).output();
    int height = output.type().shape().h();
    return graph.outputs().contains(output)
        || readers.get(output.id()).stream().anyMatch(r -> lastNeeded(r, height) > done[node]);
  }

  /** The row after the last that the reader's next band is made of. */
  private int lastNeeded(Reader reader, int height) {
    int first = done[reader.node()];
    int end = Math.min(height(reader.node()), first + bandOf(reader.node()));
    Rows next = new Rows(first, end);
    return next.isEmpty() ? 0 : rows(reader).of(next, height).end();
  }

  private int height(int node) {
    return graph.nodes().get(node).output().type().shape().h();
  }

  /** Rows of a band of this node's output, a multiple of its step. */
  private int bandOf(int node) {
    long rows = Math.max(1, (long) band * height(node) / Math.max(1, inputHeight));
    int step = graph.nodes().get(node).bandStep();
    return Math.toIntExact(Math.min(height(node), (rows + step - 1) / step * step));
  }

  /** The rows that the node's inputs allow, at most a band. */
  private Rows possible(int index) {
    Node node = graph.nodes().get(index);
    int height = height(index);
    int first = done[index];
    if (first == height) {
      return new Rows(first, first);
    }
    int step = node.bandStep();
    int end = Math.min(height, first + bandOf(index));
    while (end > first && !isReady(index, new Rows(first, end))) {
      end = (end - 1) / step * step;
    }
    return new Rows(first, Math.max(first, end));
  }

  private boolean isReady(int index, Rows rows) {
    Node node = graph.nodes().get(index);
    for (int i = 0; i < node.inputs().size(); i++) {
      Value input = node.inputs().get(i);
      int height = input.type().shape().h();
      if (node.rows(i).of(rows, height).end() > readable(input)) {
        return false;
      }
    }
    int lost = node.operator().overwrites();
    return lost < 0 || !isReadLater(index, node.inputs().get(lost), rows);
  }

  /**
   * Rows that may be read. What is written in place of a value held whole saves nothing by being
   * read early: its readers wait for its last row, as what else it is made of is free by then.
   */
  private int readable(Value value) {
    int by = producer[value.id()];
    return by >= 0 && done[by] < height(by) && isWhole(by) ? 0 : available(value);
  }

  /** Whether the node writes in place of a value that some reader needs all of. */
  private boolean isWhole(int node) {
    int lost = graph.nodes().get(node).operator().overwrites();
    return lost >= 0
        && readers.get(graph.nodes().get(node).inputs().get(lost).id()).stream()
            .anyMatch(r -> rows(r).equals(RowWindow.ALL));
  }

  private RowWindow rows(Reader reader) {
    return graph.nodes().get(reader.node()).rows(reader.index());
  }

  private int available(Value value) {
    int by = producer[value.id()];
    return by < 0 ? value.type().shape().h() : done[by];
  }

  /** Whether another node has still to read rows of what this one would write over. */
  private boolean isReadLater(int index, Value lost, Rows rows) {
    return readers.get(lost.id()).stream()
        .filter(r -> r.node() != index)
        .anyMatch(r -> firstNeeded(r, lost) < rows.end());
  }

  private int firstNeeded(Reader reader, Value value) {
    int at = done[reader.node()];
    int height = value.type().shape().h();
    if (at == height(reader.node())) {
      return height;
    }
    return rows(reader).of(new Rows(at, at + 1), height).first();
  }

  /** What writing {@code task} means for its region; to be asked before {@link #advance}. */
  Write write(Task task) {
    Value root = sharing.root(graph.nodes().get(task.node()).output());
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
    Node node = graph.nodes().get(task.node());
    done[task.node()] = task.rows().end();
    int root = sharing.root(node.output()).id();
    high[root] = Math.max(high[root], task.rows().end());
    candidates.add(task.node());
    readers.get(node.output().id()).forEach(r -> candidates.add(r.node()));
    // A reader that has moved on may free a node that writes over what it read.
    node.inputs().forEach(in -> readers.get(in.id()).forEach(r -> candidates.add(r.node())));
    // What feeds a reader may be wanted again.
    node.inputs().stream()
        .mapToInt(in -> producer[in.id()])
        .filter(n -> n >= 0)
        .forEach(candidates::add);
    if (task.rows().end() == height(task.node())) {
      unfinished--;
    }
  }
}
