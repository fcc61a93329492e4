package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The gradient of {@link MaxPool2dReference}. {@code grad} is (N, C, H', W'), {@code src} and
 * {@code dst} are (N, C, H, W).
 */
public final class MaxPool2dGradientReference {
  private MaxPool2dGradientReference() {}

  /** A window's gradient goes to its largest pixel, the first if several are. */
  public static FloatTensor backward(FloatTensor grad, FloatTensor src, int filter, int stride) {
    Shape g = grad.shape();
    FloatTensor dst = FloatTensor.zeros(src.shape());
    for (int i = 0; i < grad.data().length; i++) {
      int left = i % g.w() * stride;
      int top = i / g.w() % g.h() * stride;
      int plane = i / g.w() / g.h();
      int best = src.index(plane / g.c(), plane % g.c(), top, left);
      for (int tap = 0; tap < filter * filter; tap++) {
        int at = src.index(plane / g.c(), plane % g.c(), top + tap / filter, left + tap % filter);
        best = src.data()[at] > src.data()[best] ? at : best;
      }
      dst.data()[best] += grad.data()[i];
    }
    return dst;
  }
}
