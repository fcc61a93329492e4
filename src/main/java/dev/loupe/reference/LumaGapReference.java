package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The mean distance in luma of two versions of all patches of a batch of crops (docs/networks.md
 * section 8). {@code a} and {@code b} are (cells * N, 3 * factor * factor, size, size), patch
 * {@code cell * N + n} from crop n; {@code dst} is (N, 1, gridHeight, gridWidth).
 */
public final class LumaGapReference {
  private static final double[] RGB = {65.481 / 255, 128.553 / 255, 24.966 / 255};

  private LumaGapReference() {}

  /** dst(n, 0, cell) = mean over a patch's pixels of |Y(a) - Y(b)|. */
  public static FloatTensor forward(
      FloatTensor a, FloatTensor b, int factor, int gridHeight, int gridWidth) {
    Shape s = a.shape();
    int cells = gridHeight * gridWidth;
    int crops = s.n() / cells;
    int pixels = factor * factor * (int) s.plane();
    return FloatTensor.generate(
        new Shape(crops, 1, gridHeight, gridWidth),
        (n, c, i, j) -> {
          int patch = (i * gridWidth + j) * crops + n;
          return (float) (sum(a, b, a.index(patch, 0, 0, 0), pixels) / pixels);
        });
  }

  private static double sum(FloatTensor a, FloatTensor b, int first, int pixels) {
    double sum = 0;
    for (int i = 0; i < pixels; i++) {
      double luma = 0;
      for (int c = 0; c < RGB.length; c++) {
        int at = first + c * pixels + i;
        luma += RGB[c] * ((double) a.data()[at] - b.data()[at]);
      }
      sum += Math.abs(luma);
    }
    return sum;
  }
}
