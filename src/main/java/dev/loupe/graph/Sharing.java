package dev.loupe.graph;

import java.util.List;

/**
 * Which tensors of a graph are one region of memory: those written in place, and the parts of a
 * concatenation with the whole.
 */
final class Sharing {
  private final Graph graph;
  private final Value[] root;
  private final Value[] into;

  /** Finds the regions of {@code graph}. */
  Sharing(Graph graph) {
    this.graph = graph;
    root = graph.values().toArray(Value[]::new);
    into = new Value[root.length];
    // Backwards, so that an inner concatenation finds its output already placed in the outer one.
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (node.operator().overwrites() >= 0) {
        adopt(node.inputs().get(node.operator().overwrites()), node.output());
      } else if (node.operator().concatenates()) {
        concatenate(node);
      }
    }
  }

  private void concatenate(Node node) {
    for (Value input : node.inputs()) {
      boolean free = root[input.id()].id() == input.id() && !graph.inputs().contains(input);
      boolean once = node.inputs().stream().filter(input::equals).count() == 1;
      if (free && once) {
        adopt(input, node.output());
      }
    }
  }

  private void adopt(Value value, Value whole) {
    into[value.id()] = whole;
    for (int i = 0; i < root.length; i++) {
      if (root[i].id() == value.id()) {
        root[i] = root[whole.id()];
      }
    }
  }

  /** The value that stands for the region of {@code value}. */
  Value root(Value value) {
    return root[value.id()];
  }

  /** The larger value, or the one written in its place, that {@code value} lies in; or null. */
  Value into(Value value) {
    return into[value.id()];
  }

  /** The values of the region that {@code of} stands for. */
  List<Value> members(Value of) {
    return graph.values().stream().filter(v -> root[v.id()].id() == of.id()).toList();
  }
}
