package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The convolution with its own filter at every position. {@code filters} is (N, k * k, H, W),
 * {@code src} (N, 1, H, W), {@code dst} (N, 1, H, W); k is odd.
 *
 * <pre>
 * dst(n, 0, y, x) = sum over r, s of filters(n, r * k + s, y, x) * src(n, 0, y + r - k/2, x + s - k/2)
 * </pre>
 *
 * <p>Zeros outside the image. The last step of mask prediction, with k = 5 and {@code src} the mask
 * on the patch grid (docs/networks.md 3.1).
 */
public final class PositionwiseConvReference {
  private PositionwiseConvReference() {}

  /**
   * Filters {@code src} with {@code filters}.
   *
   * @throws IllegalArgumentException if the shapes do not fit or the taps are no odd square
   */
  public static FloatTensor forward(FloatTensor filters, FloatTensor src) {
    Shape shape = src.shape();
    int taps = filters.shape().c();
    int filter = (int) Math.round(Math.sqrt(taps));
    if (filter * filter != taps || filter % 2 == 0) {
      throw new IllegalArgumentException(
          "positionwiseConv filters are %s, %d taps are not the square of an odd number"
              .formatted(filters.shape(), taps));
    }
    if (shape.c() != 1 || !shape.withChannels(taps).equals(filters.shape())) {
      throw new IllegalArgumentException(
          "positionwiseConv filters %s need a src of one channel and their size, got %s"
              .formatted(filters.shape(), shape));
    }
    return FloatTensor.generate(
        shape,
        (n, c, y, x) -> {
          double sum = 0;
          for (int tap = 0; tap < taps; tap++) {
            int srcY = y + tap / filter - filter / 2;
            int srcX = x + tap % filter - filter / 2;
            sum += (double) filters.get(n, tap, y, x) * src.getPadded(n, 0, srcY, srcX);
          }
          return (float) sum;
        });
  }
}
