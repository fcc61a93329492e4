package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The rearrangement of channels into pixels (depth to space). {@code src} is (N, C * r * r, H, W),
 * {@code dst} (N, C, H * r, W * r).
 *
 * <pre>
 * dst(n, c, y * r + i, x * r + j) = src(n, (c * r + i) * r + j, y, x)
 * </pre>
 *
 * <p>As PyTorch's PixelShuffle (Shi et al. 2016, "Real-Time Single Image ... Sub-Pixel
 * Convolutional Neural Network", eq. 4).
 */
public final class PixelShuffleReference {
  private PixelShuffleReference() {}

  /**
   * Shuffles {@code src}.
   *
   * @param factor r, at least 1
   * @throws IllegalArgumentException if src's channels are no multiple of r * r
   */
  public static FloatTensor forward(FloatTensor src, int factor) {
    Shape in = src.shape();
    if (factor < 1 || in.c() % (factor * factor) != 0) {
      throw new IllegalArgumentException(
          "pixelShuffle src %s has %d channels, no multiple of the square of factor %d"
              .formatted(in, in.c(), factor));
    }
    int channels = in.c() / (factor * factor);
    return FloatTensor.generate(
        new Shape(in.n(), channels, in.h() * factor, in.w() * factor),
        (n, c, y, x) -> {
          int phase = (c * factor + y % factor) * factor + x % factor;
          return src.get(n, phase, y / factor, x / factor);
        });
  }
}
