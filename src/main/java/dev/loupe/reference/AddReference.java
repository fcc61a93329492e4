package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import java.util.stream.IntStream;

/**
 * The elementwise sum. {@code a}, {@code b} and {@code dst} are (N, C, H, W).
 *
 * <pre>
 * dst(n, c, y, x) = a(n, c, y, x) + b(n, c, y, x)
 * </pre>
 */
public final class AddReference {
  private AddReference() {}

  /**
   * Adds {@code b} to {@code a}.
   *
   * @throws IllegalArgumentException if the shapes differ
   */
  public static FloatTensor forward(FloatTensor a, FloatTensor b) {
    if (!a.shape().equals(b.shape())) {
      throw new IllegalArgumentException(
          "add needs equal shapes, got %s and %s".formatted(a.shape(), b.shape()));
    }
    FloatTensor dst = FloatTensor.zeros(a.shape());
    // One float sum is the double sum rounded once: no need to widen.
    IntStream.range(0, dst.data().length)
        .parallel()
        .forEach(i -> dst.data()[i] = a.data()[i] + b.data()[i]);
    return dst;
  }
}
