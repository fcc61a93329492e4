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
    Shape out = new Shape(in.n(), in.c() * factor * factor, in.h() / factor, in.w() / factor);
    FloatTensor dst = FloatTensor.zeros(out);
    for (int n = 0; n < in.n(); n++) {
      for (int c = 0; c < out.c(); c++) {
        int py = c / factor % factor;
        int px = c % factor;
        for (int y = 0; y < out.h(); y++) {
          for (int x = 0; x < out.w(); x++) {
            float value = src.get(n, c / (factor * factor), y * factor + py, x * factor + px);
            dst.set(n, c, y, x, value);
          }
        }
      }
    }
    return dst;
  }
}
