package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Arrays;

/**
 * The concatenation along channels. Source i is (N, C_i, H, W), {@code dst} (N, sum of C_i, H, W):
 * the channels of the first source, then those of the second, and so on.
 *
 * <p>As PyTorch's {@code cat(tensors, dim=1)}.
 */
public final class ConcatReference {
  private ConcatReference() {}

  /**
   * Joins the sources.
   *
   * @throws IllegalArgumentException if there is none, or they differ in more than channels
   */
  public static FloatTensor forward(FloatTensor... sources) {
    if (sources.length == 0) {
      throw new IllegalArgumentException("concat needs at least one source");
    }
    Shape first = sources[0].shape();
    for (FloatTensor src : sources) {
      if (!src.shape().withChannels(first.c()).equals(first)) {
        throw new IllegalArgumentException(
            "concat sources %s and %s differ in more than channels".formatted(first, src.shape()));
      }
    }
    int channels = Arrays.stream(sources).mapToInt(src -> src.shape().c()).sum();
    FloatTensor dst = FloatTensor.zeros(first.withChannels(channels));
    int to = 0;
    for (int n = 0; n < first.n(); n++) {
      for (FloatTensor src : sources) {
        int length = Math.toIntExact(src.shape().c() * first.plane());
        System.arraycopy(src.data(), n * length, dst.data(), to, length);
        to += length;
      }
    }
    return dst;
  }
}
