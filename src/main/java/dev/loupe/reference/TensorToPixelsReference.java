package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;

/**
 * The conversion of a picture to samples. {@code src} is (1, 3 * r * r, H, W) of 0 to range, {@code
 * dst} (1, samples, H * r, W * r) of 0 to peak.
 *
 * <pre>
 * rgb = the pixel shuffle of src by r
 * value = rgb(0, c, y, x), or the luma 0.299 R + 0.587 G + 0.114 B where samples is 1
 * dst(0, c, y, x) = value / range * peak, clamped and rounded half to even
 * </pre>
 */
public final class TensorToPixelsReference {
  private TensorToPixelsReference() {}

  /**
   * Converts {@code src}.
   *
   * @param factor r, 1 for no shuffle
   * @param range the value of white
   * @param samples 3, or 1 for the luma
   * @param peak the largest sample
   * @throws ArithmeticException if a value is not finite
   */
  public static FloatTensor forward(
      FloatTensor src, int factor, float range, int samples, double peak) {
    FloatTensor rgb = factor == 1 ? src : PixelShuffleReference.forward(src, factor);
    return FloatTensor.generate(
        rgb.shape().withChannels(samples),
        (n, c, y, x) -> {
          double value = samples == 3 ? rgb.get(n, c, y, x) : luma(rgb, n, y, x);
          if (!Double.isFinite(value)) {
            throw new ArithmeticException("the picture has a value that is not finite");
          }
          return (float) Math.rint(Math.max(0, Math.min(peak, value / range * peak)));
        });
  }

  private static double luma(FloatTensor rgb, int n, int y, int x) {
    return 0.299 * rgb.get(n, 0, y, x) + 0.587 * rgb.get(n, 1, y, x) + 0.114 * rgb.get(n, 2, y, x);
  }
}
