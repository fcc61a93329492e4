package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;

/**
 * The stretching of maps to [0, 1] by the least and largest value of all. {@code src} and {@code
 * dst} are (N, 1, H, W).
 *
 * <pre>
 * dst(n, 0, y, x) = (src(n, 0, y, x) - least) / (largest - least), or 0 where all are the same
 * </pre>
 */
public final class MinMaxNormaliseReference {
  private MinMaxNormaliseReference() {}

  /** Stretches {@code src}. */
  public static FloatTensor forward(FloatTensor src) {
    float least = Float.POSITIVE_INFINITY;
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : src.data()) {
      least = Math.min(least, value);
      largest = Math.max(largest, value);
    }
    double stretch = largest > least ? 1 / ((double) largest - least) : 0;
    FloatTensor dst = FloatTensor.zeros(src.shape());
    for (int i = 0; i < dst.data().length; i++) {
      dst.data()[i] = (float) (((double) src.data()[i] - least) * stretch);
    }
    return dst;
  }
}
