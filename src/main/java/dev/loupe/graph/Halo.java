package dev.loupe.graph;

import dev.loupe.op.RowWindow;
import dev.loupe.op.Rows;
import dev.loupe.tensor.Blocks;

/**
 * How many rows of a graph's input around a strip the strip's output depends on; and how many
 * columns, as windows and tiles are square.
 */
public final class Halo {
  private Halo() {}

  /**
   * The larger of those above and below, to the last bit: rows of a convolution that are made
   * together, as a tile, are rounded together. What depends on all rows (the mean of a channel, the
   * choice of patches) is not followed.
   *
   * @param graph of a frame so high that its edges cut nothing off
   * @param step rows of the input; strips begin and end at multiples of it, where tiles do
   */
  public static int rows(Graph graph, int step) {
    Rows[] needed = new Rows[graph.values().size()];
    Value output = graph.outputs().get(0);
    Value input = graph.inputs().get(0);
    int height = input.type().shape().h();
    int scale = output.type().shape().h() / height;
    int first = height / 2 / step * step;
    int end = Math.min(height, first + step);
    needed[output.id()] = new Rows(first * scale, end * scale);
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      Rows rows = needed[node.output().id()];
      for (int k = 0; rows != null && k < node.inputs().size(); k++) {
        Value operand = node.inputs().get(k);
        RowWindow window = node.rows(k);
        if (!window.equals(RowWindow.ALL)) {
          Rows wanted = operandRows(window, rows, node, operand.type().shape().h());
          needed[operand.id()] = join(needed[operand.id()], wanted);
        }
      }
    }
    Rows reached = needed[input.id()];
    return reached == null
        ? 0
        : Math.max(0, Math.max(first - reached.first(), reached.end() - end));
  }

  /**
   * Rows of an operand that the bits of a node's rows depend on. Of the rows under a tile the first
   * goes into the first row of its output alone, the last into the last (Winograd's points 0 and
   * infinity): so two 3x3 convolutions reach 4 rows, not 8. Under a tile of Fourier transforms they
   * go into all rows: one row more, which strips that begin at multiples of 24 have.
   */
  private static Rows operandRows(RowWindow window, Rows rows, Node node, int height) {
    int tile = node.bandStep();
    int end = Blocks.roundUp(rows.end(), tile);
    Rows tiles = window.of(new Rows(rows.first() / tile * tile, end), height);
    Rows inner = new Rows(tiles.first() + 1, tiles.end() - 1);
    return join(window.of(rows, height), inner);
  }

  private static Rows join(Rows a, Rows b) {
    return a == null ? b : new Rows(Math.min(a.first(), b.first()), Math.max(a.end(), b.end()));
  }
}
