package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;

/**
 * The conversion of samples to a tensor. {@code src} is (1, 1 or 3, H, W) of 0 to 255, {@code dst}
 * (1, 3, H, W) of 0 to range; gray fills all three channels.
 *
 * <pre>
 * dst(0, c, y, x) = src(0, c or 0, y, x) / 255 * range
 * </pre>
 *
 * <p>It knows of no 16 bit; its caller scales.
 */
public final class PixelsToTensorReference {
  private PixelsToTensorReference() {}

  /** Converts {@code src} to values of 0 to {@code range}. */
  public static FloatTensor forward(FloatTensor src, float range) {
    boolean gray = src.shape().c() == 1;
    return FloatTensor.generate(
        src.shape().withChannels(3),
        (n, c, y, x) -> (float) (src.get(n, gray ? 0 : c, y, x) / 255.0 * range));
  }
}
