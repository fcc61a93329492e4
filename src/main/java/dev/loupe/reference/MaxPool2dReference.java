package dev.loupe.reference;

import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The largest value under each position of a window. {@code src} is (N, C, H, W), {@code dst} (N,
 * C, floor((H - k) / stride) + 1, floor((W - k) / stride) + 1).
 *
 * <pre>
 * dst(n, c, y, x) = max over r, s below k of src(n, c, y * stride + r, x * stride + s)
 * </pre>
 *
 * <p>As PyTorch's {@code max_pool2d(x, k, stride)} without padding: the rest at the border is
 * dropped, NaN wins. RFDN's ESA uses k = 7, stride 3 (docs/networks.md 2.3).
 */
public final class MaxPool2dReference {
  private MaxPool2dReference() {}

  /**
   * Pools {@code src}.
   *
   * @param filter k, side of the window, at least 1
   * @param stride step of the window, at least 1
   * @throws IllegalArgumentException if one is below 1 or src is smaller than the window
   */
  public static FloatTensor forward(FloatTensor src, int filter, int stride) {
    ConvGeometry geometry = new ConvGeometry(filter, filter, stride, 0);
    Shape in = src.shape();
    int height = geometry.outputHeight(in.h());
    int width = geometry.outputWidth(in.w());
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "maxPool2d src %s is smaller than the %d x %d window".formatted(in, filter, filter));
    }
    return FloatTensor.generate(
        in.withSize(height, width),
        (n, c, y, x) -> largest(src, n, c, y * stride, x * stride, filter));
  }

  private static float largest(FloatTensor src, int n, int c, int top, int left, int filter) {
    float max = Float.NEGATIVE_INFINITY;
    for (int r = 0; r < filter; r++) {
      for (int s = 0; s < filter; s++) {
        max = Math.max(max, src.get(n, c, top + r, left + s));
      }
    }
    return max;
  }
}
