package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/** The sum over blocks of height x width pixels, times a factor, and its adjoint, the spread. */
public final class BlockReference {
  private BlockReference() {}

  /** (N, C, H, W) to (N, C, H / height, W / width). */
  public static FloatTensor sum(FloatTensor src, int height, int width, float scale) {
    Shape s = src.shape();
    return FloatTensor.generate(
        s.withSize(s.h() / height, s.w() / width),
        (n, c, y, x) -> {
          double sum = 0;
          for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
              sum += src.get(n, c, y * height + i, x * width + j);
            }
          }
          return (float) (scale * sum);
        });
  }

  /** (N, C, H, W) to (N, C, H * height, W * width). */
  public static FloatTensor spread(FloatTensor src, int height, int width, float scale) {
    Shape s = src.shape();
    return FloatTensor.generate(
        s.withSize(s.h() * height, s.w() * width),
        (n, c, y, x) -> scale * src.get(n, c, y / height, x / width));
  }
}
