package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The raster indices of the K largest values of a mask. {@code mask} is (1, 1, H, W); the result
 * holds min(K, H * W) indices y * W + x, ascending.
 *
 * <p>Ties go to the lowest index and K is clamped to the number of cells (docs/networks.md 0.4).
 * Values compare as IEEE 754 numbers: -0 ties with +0, infinities are allowed, NaN is refused
 * because it has no rank.
 */
public final class TopKReference {
  private TopKReference() {}

  /**
   * Selects the K largest.
   *
   * @param k how many, at least 0; more than there are cells selects all
   * @throws IllegalArgumentException if the mask is no single plane, or K is negative
   * @throws ArithmeticException if the mask holds NaN
   */
  public static int[] forward(FloatTensor mask, int k) {
    Shape shape = mask.shape();
    if (shape.n() != 1 || shape.c() != 1) {
      throw new IllegalArgumentException("topK mask is %s, needs (1, 1, H, W)".formatted(shape));
    }
    if (k < 0) {
      throw new IllegalArgumentException("topK K is %d, it must be at least 0".formatted(k));
    }
    float[] values = mask.data();
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        throw new ArithmeticException(
            "topK mask is NaN at (0, 0, %d, %d); check the weights"
                .formatted(i / shape.w(), i % shape.w()));
      }
    }
    // Adding +0 turns -0 into +0, which Float.compare would rank apart. The sort is stable, so
    // among equals the lower index stays first.
    Comparator<Integer> descending = (a, b) -> Float.compare(values[b] + 0f, values[a] + 0f);
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(descending)
        .limit(k)
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }
}
