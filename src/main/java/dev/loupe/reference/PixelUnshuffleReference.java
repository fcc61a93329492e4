package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The pixel unshuffle (space to depth), inverse of {@link PixelShuffleReference}: {@code src} (N,
 * C, H * factor, W * factor) to (N, C * factor * factor, H, W).
 */
public final class PixelUnshuffleReference {
  private PixelUnshuffleReference() {}

  /**
   * Moves every factor-th pixel to a channel of its own.
   *
   * @throws IllegalArgumentException if a side is no multiple of {@code factor}
   */
  public static FloatTensor forward(FloatTensor src, int factor) {
    Shape in = src.shape();
    if (in.h() % factor != 0 || in.w() % factor != 0) {
      throw new IllegalArgumentException(
          "pixel unshuffle %d does not divide %s".formatted(factor, in));
    }
    return FloatTensor.generate(
        new Shape(in.n(), in.c() * factor * factor, in.h() / factor, in.w() / factor),
        (n, phase, y, x) -> {
          int row = y * factor + phase / factor % factor;
          int column = x * factor + phase % factor;
          return src.get(n, phase / (factor * factor), row, column);
        });
  }
}
