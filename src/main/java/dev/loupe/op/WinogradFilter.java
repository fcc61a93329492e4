package dev.loupe.op;

/**
 * The transform of a filter to the interpolation points of F(4x4, side x side): U = G g G^T, in
 * double precision. Not thread-safe: it reuses its memory.
 */
final class WinogradFilter {
  private static final int THREE = 3;

  /** G of 5 taps, a row for each of the points 0, 1, -1, 2, -2, 1/2, -1/2, infinity. */
  private static final double[][] FIVE_TAPS = {
    {1, 0, 0, 0, 0},
    row(1, -2 / 9.0),
    row(-1, -2 / 9.0),
    row(2, 1 / 90.0),
    row(-2, 1 / 90.0),
    row(0.5, 32 / 45.0),
    row(-0.5, 32 / 45.0),
    {0, 0, 0, 0, 1}
  };

  private final int side;
  private final int points;
  private final double[] taps;
  private final double[] columns;
  private final double[] transformed;

  /** A transform of filters of {@code side} taps along both axes, 3 or 5. */
  WinogradFilter(int side) {
    this.side = side;
    points = WinogradConv2d.pointsAlong(side);
    taps = new double[side];
    columns = new double[points * side];
    transformed = new double[points * points];
  }

  private static double[] row(double point, double factor) {
    double[] row = new double[5];
    for (int i = 0; i < row.length; i++) {
      row[i] = factor * Math.pow(point, i);
    }
    return row;
  }

  /**
   * The filter at {@code at}, row by row, at every point: columns before rows, a quarter of the
   * multiplications of each point by itself. The next call writes over it.
   */
  double[] transformed(float[] data, int at) {
    for (int c = 0; c < side; c++) {
      for (int r = 0; r < side; r++) {
        taps[r] = data[at + r * side + c];
      }
      interpolate(columns, c, side);
    }
    for (int row = 0; row < points; row++) {
      System.arraycopy(columns, row * side, taps, 0, side);
      interpolate(transformed, row * points, 1);
    }
    return transformed;
  }

  /** G times the taps, to every {@code step}th place from {@code at} on. */
  private void interpolate(double[] to, int at, int step) {
    if (side == THREE) {
      interpolateThree(taps[0], taps[1], taps[2], to, at, step);
      return;
    }
    for (int p = 0; p < points; p++) {
      double sum = 0;
      for (int i = 0; i < side; i++) {
        sum += FIVE_TAPS[p][i] * taps[i];
      }
      to[at + p * step] = sum;
    }
  }

  /** The points 0, 1, -1, 2, -2, infinity: written out, as deep networks have millions of these. */
  private static void interpolateThree(
      double a, double b, double c, double[] to, int at, int step) {
    to[at] = a / 4;
    to[at + step] = -(a + b + c) / 6;
    to[at + 2 * step] = -(a - b + c) / 6;
    to[at + 3 * step] = a / 24 + b / 12 + c / 6;
    to[at + 4 * step] = a / 24 - b / 12 + c / 6;
    to[at + 5 * step] = c;
  }
}
