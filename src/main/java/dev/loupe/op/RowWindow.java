package dev.loupe.op;

import dev.loupe.tensor.ConvGeometry;

/**
 * Which rows of an input a row of the output is made of: for output row y, {@code size} rows from
 * {@code floor((y * step + offset) / unit)} on, as far as the input has them.
 *
 * @param step numerator of the input rows to an output row
 * @param unit its denominator, at least 1
 * @param offset in units of 1 / unit rows
 * @param size rows, at least 1
 */
public record RowWindow(int step, int unit, int offset, int size) {
  /** Every row of the output needs every row of the input. */
  public static final RowWindow ALL = new RowWindow(0, 1, 0, Integer.MAX_VALUE);

  /** Row y needs row y. */
  public static final RowWindow SAME = new RowWindow(1, 1, 0, 1);

  /** The window of a convolution or a pool. */
  public static RowWindow of(ConvGeometry geometry) {
    return new RowWindow(geometry.stride(), 1, -geometry.padding(), geometry.filterHeight());
  }

  /** Row y needs row y / factor, rounded down. */
  public static RowWindow enlarged(int factor) {
    return new RowWindow(1, factor, 0, 1);
  }

  /** Rows of an input of {@code height} rows that rows {@code out} of the output are made of. */
  public Rows of(Rows out, int height) {
    if (size
        == Integer.MAX_VALUE) { // quicker than to compare with ALL; plans ask millions of times
      return new Rows(0, height);
    }
    int first = start(out.first());
    int end = start(out.end() - 1) + size;
    int clipped = Math.max(0, Math.min(first, height - 1));
    return new Rows(clipped, Math.max(clipped + 1, Math.min(end, height)));
  }

  private int start(int row) {
    return Math.toIntExact(Math.floorDiv((long) row * step + offset, (long) unit));
  }
}
