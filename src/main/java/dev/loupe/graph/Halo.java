package dev.loupe.graph;

import dev.loupe.op.RowWindow;
import dev.loupe.op.Rows;

/** How many rows of a graph's input above and below a row its output depends on. */
public final class Halo {
  private Halo() {}

  /**
   * The larger of the two, for a row in the middle. What depends on all rows (the mean of a
   * channel, the choice of patches) is not followed.
   */
  public static int rows(Graph graph) {
    Rows[] needed = new Rows[graph.values().size()];
    Value output = graph.outputs().get(0);
    Value input = graph.inputs().get(0);
    int middle = output.type().shape().h() / 2;
    needed[output.id()] = new Rows(middle, middle + 1);
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      Rows rows = needed[node.output().id()];
      for (int k = 0; rows != null && k < node.inputs().size(); k++) {
        Value operand = node.inputs().get(k);
        RowWindow window = node.rows(k);
        if (!window.equals(RowWindow.ALL)) {
          Rows wanted = window.of(rows, operand.type().shape().h());
          needed[operand.id()] = join(needed[operand.id()], wanted);
        }
      }
    }
    Rows reached = needed[input.id()];
    int centre = input.type().shape().h() / 2;
    return reached == null
        ? 0
        : Math.max(0, Math.max(centre - reached.first(), reached.end() - 1 - centre));
  }

  private static Rows join(Rows a, Rows b) {
    return a == null ? b : new Rows(Math.min(a.first(), b.first()), Math.max(a.end(), b.end()));
  }
}
