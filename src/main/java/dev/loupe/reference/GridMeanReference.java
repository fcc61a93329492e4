package dev.loupe.reference;

import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The mean over each cell of the patch grid. {@code src} is (N, C, H, W), {@code dst} (N, C, ceil(H
 * / p), ceil(W / p)).
 *
 * <pre>
 * dst(n, c, i, j) = mean of src(n, c, y, x) over i p <= y < min((i + 1) p, H),
 *                                               j p <= x < min((j + 1) p, W)
 * </pre>
 *
 * <p>A partial cell at the border averages its real pixels only (docs/networks.md 0.5).
 */
public final class GridMeanReference {
  private GridMeanReference() {}

  /**
   * The cell means of {@code src}.
   *
   * @param patch p, side of a cell in pixels, at least 1
   * @throws IllegalArgumentException if the patch size is below 1
   */
  public static FloatTensor forward(FloatTensor src, int patch) {
    if (patch < 1) {
      throw new IllegalArgumentException(
          "gridMean patch size is %d, it must be at least 1".formatted(patch));
    }
    Shape in = src.shape();
    return FloatTensor.generate(
        in.withSize(Blocks.count(in.h(), patch), Blocks.count(in.w(), patch)),
        (n, c, i, j) -> (float) cellMean(src, n, c, i * patch, j * patch, patch));
  }

  private static double cellMean(FloatTensor src, int n, int c, int top, int left, int patch) {
    int bottom = Math.min(top + patch, src.shape().h());
    int right = Math.min(left + patch, src.shape().w());
    double sum = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        sum += src.get(n, c, y, x);
      }
    }
    return sum / ((bottom - top) * (right - left));
  }
}
