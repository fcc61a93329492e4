package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The bilinear resize. {@code src} is (N, C, H, W), {@code dst} (N, C, H', W') for any H' and W'.
 *
 * <pre>
 * position(y) = max(0, (y + 1/2) H / H' - 1/2),  y0 = floor(position),  y1 = min(y0 + 1, H - 1)
 * dst(n, c, y, x) = the mean of src at (y0, x0), (y0, x1), (y1, x0), (y1, x1),
 *                   weighted by the distances to (position(y), position(x))
 * </pre>
 *
 * <p>As PyTorch's {@code interpolate(mode='bilinear', align_corners=False)}, without antialiasing;
 * PAN's image skip and the resize in RFDN's ESA (docs/networks.md 2.2, 2.3).
 */
public final class UpsampleBilinearReference {
  private UpsampleBilinearReference() {}

  /**
   * Resizes {@code src}.
   *
   * @param height rows of the result, at least 1
   * @param width columns of the result, at least 1
   * @throws IllegalArgumentException if one is below 1
   */
  public static FloatTensor forward(FloatTensor src, int height, int width) {
    Shape in = src.shape();
    return FloatTensor.generate(
        in.withSize(height, width),
        (n, c, y, x) ->
            (float) sample(src, n, c, position(y, in.h(), height), position(x, in.w(), width)));
  }

  /** Where pixel {@code to} of {@code toSize} lies among {@code fromSize} pixels. */
  static double position(int to, int fromSize, int toSize) {
    // One division of exact integers: (to + 1/2) * from / toSize - 1/2.
    return Math.max(0, ((2L * to + 1) * fromSize - toSize) / (2.0 * toSize));
  }

  private static double sample(FloatTensor src, int n, int c, double y, double x) {
    int top = (int) y;
    int left = (int) x;
    int bottom = Math.min(top + 1, src.shape().h() - 1);
    int right = Math.min(left + 1, src.shape().w() - 1);
    double down = y - top;
    double along = x - left;
    double upper = (1 - along) * src.get(n, c, top, left) + along * src.get(n, c, top, right);
    double lower = (1 - along) * src.get(n, c, bottom, left) + along * src.get(n, c, bottom, right);
    return (1 - down) * upper + down * lower;
  }
}
