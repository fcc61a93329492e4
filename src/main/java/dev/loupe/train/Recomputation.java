package dev.loupe.train;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the way back reads of the way forward: values that are kept until then, or made again to
 * spare memory (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"). The forward
 * nodes fall into segments of about the root of their number; what a later segment reads is kept,
 * and the rest of a segment is computed a second time from it when the way back comes there. The
 * same kernels run on the same values, so gradients have the same bits.
 */
final class Recomputation {
  private final Graph graph;
  private final Set<Value> kept = new HashSet<>();
  private final Map<Value, Node> makers = new HashMap<>();
  private final Map<Value, Value> again = new HashMap<>();

  private Recomputation(Graph graph) {
    this.graph = graph;
  }

  /** Everything is kept. */
  static Recomputation none(Graph graph) {
    return new Recomputation(graph);
  }

  /** The nodes of {@code graph} so far run again where that spares memory. */
  static Recomputation of(Graph graph) {
    Recomputation recomputation = new Recomputation(graph);
    int nodes = graph.nodes().size();
    int segment = (int) Math.ceil(Math.sqrt(nodes));
    Map<Value, Integer> segments = new HashMap<>();
    for (int i = 0; i < nodes; i++) {
      Node node = graph.nodes().get(i);
      // What the last segment made is there still when the way back begins.
      if (i + segment < nodes) {
        recomputation.makers.put(node.output(), node);
      }
      segments.put(node.output(), i / segment);
      for (Value input : node.inputs()) {
        if (segments.getOrDefault(input, -1) < i / segment) {
          recomputation.kept.add(input);
        }
      }
    }
    return recomputation;
  }

  /** {@code value} itself if it is kept, else the same made again, once. */
  Value of(Value value) {
    if (kept.contains(value) || !makers.containsKey(value)) {
      return value;
    }
    Value copy = again.get(value);
    if (copy == null) {
      Node node = makers.get(value);
      copy = graph.add(node.operator(), node.inputs().stream().map(this::of).toArray(Value[]::new));
      again.put(value, copy);
    }
    return copy;
  }
}
