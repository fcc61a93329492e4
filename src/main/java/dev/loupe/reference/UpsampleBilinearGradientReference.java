package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The gradient of {@link UpsampleBilinearReference}: each pixel of {@code grad}, (N, C, H', W'),
 * goes to the four pixels of {@code dst}, (N, C, height, width), that it was mixed of.
 */
public final class UpsampleBilinearGradientReference {
  private UpsampleBilinearGradientReference() {}

  /** Collects the gradient. */
  public static FloatTensor backward(FloatTensor grad, int height, int width) {
    Shape g = grad.shape();
    double[] sums = new double[g.n() * g.c() * height * width];
    for (int i = 0; i < grad.data().length; i++) {
      double x = UpsampleBilinearReference.position(i % g.w(), width, g.w());
      double y = UpsampleBilinearReference.position(i / g.w() % g.h(), height, g.h());
      int first = i / g.w() / g.h() * height * width;
      int top = (int) y;
      int left = (int) x;
      int bottom = Math.min(top + 1, height - 1);
      int right = Math.min(left + 1, width - 1);
      double value = grad.data()[i];
      sums[first + top * width + left] += (1 - y + top) * (1 - x + left) * value;
      sums[first + top * width + right] += (1 - y + top) * (x - left) * value;
      sums[first + bottom * width + left] += (y - top) * (1 - x + left) * value;
      sums[first + bottom * width + right] += (y - top) * (x - left) * value;
    }
    FloatTensor dst = FloatTensor.zeros(g.withSize(height, width));
    for (int i = 0; i < sums.length; i++) {
      dst.data()[i] = (float) sums[i];
    }
    return dst;
  }
}
