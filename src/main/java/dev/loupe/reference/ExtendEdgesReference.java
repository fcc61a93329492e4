package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The change of size that repeats or cuts the last row and column. {@code src} is (N, C, H, W),
 * {@code dst} (N, C, H', W').
 *
 * <pre>
 * dst(n, c, y, x) = src(n, c, min(y, H - 1), min(x, W - 1))
 * </pre>
 *
 * <p>As PyTorch's {@code pad(mode='replicate')} at the bottom and right, and a crop.
 */
public final class ExtendEdgesReference {
  private ExtendEdgesReference() {}

  /**
   * Extends or crops {@code src}.
   *
   * @param height rows of the result, at least 1
   * @param width columns of the result, at least 1
   */
  public static FloatTensor forward(FloatTensor src, int height, int width) {
    Shape in = src.shape();
    return FloatTensor.generate(
        in.withSize(height, width),
        (n, c, y, x) -> src.get(n, c, Math.min(y, in.h() - 1), Math.min(x, in.w() - 1)));
  }
}
