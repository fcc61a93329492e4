package dev.loupe.tensor;

/**
 * The geometry of a convolution: the one place that knows output sizes and halos.
 *
 * @param filterHeight rows of the filter, at least 1
 * @param filterWidth columns of the filter, at least 1
 * @param stride step of the window, at least 1
 * @param padding zeros on every side of the image, at least 0
 */
public record ConvGeometry(int filterHeight, int filterWidth, int stride, int padding) {
  /**
   * Checks the four numbers.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public ConvGeometry {
    if (filterHeight < 1 || filterWidth < 1 || stride < 1 || padding < 0) {
      throw new IllegalArgumentException(
          "conv geometry %dx%d stride %d padding %d is not a convolution"
              .formatted(filterHeight, filterWidth, stride, padding));
    }
  }

  /** Stride 1, as many zeros as keep the size (odd filters). */
  public static ConvGeometry same(int filter) {
    return new ConvGeometry(filter, filter, 1, filter / 2);
  }

  /** Stride 1, no zeros: the output is {@code filter - 1} smaller. */
  public static ConvGeometry valid(int filter) {
    return new ConvGeometry(filter, filter, 1, 0);
  }

  /** Whether each output is made of the input at its own place alone. */
  public boolean isPointwise() {
    return equals(valid(1));
  }

  /** Output rows for {@code height} input rows; below 1 when the window does not fit. */
  public int outputHeight(int height) {
    return Math.floorDiv(height + 2 * padding - filterHeight, stride) + 1;
  }

  /** Output columns for {@code width} input columns; below 1 when the window does not fit. */
  public int outputWidth(int width) {
    return Math.floorDiv(width + 2 * padding - filterWidth, stride) + 1;
  }

  /** Rows that the transposed convolution makes of {@code height} input rows. */
  public int transposedHeight(int height, int outputPadding) {
    return transposed(height, filterHeight, outputPadding);
  }

  /** Columns that the transposed convolution makes of {@code width} input columns. */
  public int transposedWidth(int width, int outputPadding) {
    return transposed(width, filterWidth, outputPadding);
  }

  private int transposed(int size, int filter, int outputPadding) {
    if (outputPadding < 0 || outputPadding >= stride) {
      throw new IllegalArgumentException(
          "output padding is %d, it must be at least 0 and below the stride %d"
              .formatted(outputPadding, stride));
    }
    return (size - 1) * stride - 2 * padding + filter + outputPadding;
  }

  /** Taps of the window, filterHeight * filterWidth. */
  public int taps() {
    return filterHeight * filterWidth;
  }
}
