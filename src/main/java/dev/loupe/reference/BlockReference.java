package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/** The sum over blocks of height x width pixels, times a factor, and its adjoint, the spread. */
public final class BlockReference {
  private BlockReference() {}

  /** (N, C, H, W) to (N, C, H / height, W / width). */
  public static FloatTensor sum(FloatTensor src, int height, int width, float scale) {
    Shape s = src.shape();
    FloatTensor dst = FloatTensor.zeros(s.withSize(s.h() / height, s.w() / width));
    Shape d = dst.shape();
    for (int i = 0; i < dst.data().length; i++) {
      int x = i % d.w();
      int y = i / d.w() % d.h();
      int c = i / d.w() / d.h() % d.c();
      int n = i / d.w() / d.h() / d.c();
      double sum = 0;
      for (int tap = 0; tap < height * width; tap++) {
        sum += src.get(n, c, y * height + tap / width, x * width + tap % width);
      }
      dst.data()[i] = (float) (scale * sum);
    }
    return dst;
  }

  /** (N, C, H, W) to (N, C, H * height, W * width). */
  public static FloatTensor spread(FloatTensor src, int height, int width, float scale) {
    Shape s = src.shape();
    FloatTensor dst = FloatTensor.zeros(s.withSize(s.h() * height, s.w() * width));
    Shape d = dst.shape();
    for (int i = 0; i < dst.data().length; i++) {
      int x = i % d.w() / width;
      int y = i / d.w() % d.h() / height;
      int plane = i / d.w() / d.h();
      dst.data()[i] = scale * src.get(plane / d.c(), plane % d.c(), y, x);
    }
    return dst;
  }
}
