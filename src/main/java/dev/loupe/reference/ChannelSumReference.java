package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The sums over channels that the gradients of biases and of PReLU's slopes are. {@code grad} and
 * {@code src} are (N, C, H, W), {@code dst} a row of C / group.
 */
public final class ChannelSumReference {
  private ChannelSumReference() {}

  /** dst(k) = sum of grad(n, c, y, x) over n, y, x and the channels c of group k. */
  public static FloatTensor forward(FloatTensor grad, int group) {
    return sum(grad, null, group);
  }

  /** dst(k) = sum of grad(n, c, y, x) * min(src(n, c, y, x), 0) likewise. */
  public static FloatTensor slopes(FloatTensor grad, FloatTensor src, int group) {
    return sum(grad, src, group);
  }

  private static FloatTensor sum(FloatTensor grad, FloatTensor src, int group) {
    Shape s = grad.shape();
    double[] sums = new double[s.c() / group];
    int plane = (int) s.plane();
    for (int i = 0; i < grad.data().length; i++) {
      double factor = src == null ? 1 : Math.min(src.data()[i], 0);
      sums[i / plane % s.c() / group] += grad.data()[i] * factor;
    }
    FloatTensor dst = FloatTensor.zeros(Shape.frame(1, 1, sums.length));
    for (int i = 0; i < sums.length; i++) {
      dst.data()[i] = (float) sums[i];
    }
    return dst;
  }
}
