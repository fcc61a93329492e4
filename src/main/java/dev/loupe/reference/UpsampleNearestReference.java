package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The enlargement that repeats pixels. {@code src} is (N, C, H, W), {@code dst} (N, C, H * scale, W
 * * scale).
 *
 * <pre>
 * dst(n, c, y, x) = src(n, c, y / scale, x / scale), divisions rounding down
 * </pre>
 *
 * <p>As PyTorch's {@code interpolate(mode='nearest')}; in PAN's upsampler (docs/networks.md 2.2).
 */
public final class UpsampleNearestReference {
  private UpsampleNearestReference() {}

  /**
   * Enlarges {@code src}.
   *
   * @param scale at least 1
   * @throws IllegalArgumentException if the scale is below 1
   */
  public static FloatTensor forward(FloatTensor src, int scale) {
    if (scale < 1) {
      throw new IllegalArgumentException(
          "upsampleNearest scale is %d, it must be at least 1".formatted(scale));
    }
    Shape in = src.shape();
    return FloatTensor.generate(
        in.withSize(in.h() * scale, in.w() * scale),
        (n, c, y, x) -> src.get(n, c, y / scale, x / scale));
  }
}
