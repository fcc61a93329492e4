package dev.loupe.train;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.Value;
import java.util.Map;

/** The gradients of operators that only move, repeat or average elements. */
final class ShapeGradients {
  private ShapeGradients() {}

  /**
   * The gradient of each input.
   *
   * @throws IllegalArgumentException naming an operator that has no rule
   */
  static Map<Value, Value> of(Graph graph, Node node, Value gradient) {
    throw new IllegalArgumentException(
        "operator %s has no gradient; train another part or variant"
            .formatted(node.operator().name()));
  }

  /** The sum over each channel's pixels. */
  static Value pixelSum(Graph graph, Value value) {
    throw new IllegalArgumentException("the gradient of a scale a channel is missing");
  }
}
