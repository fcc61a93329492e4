package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The softmax over channels. {@code src} is (N, C, H, W), {@code dst} too; at every pixel the C
 * values become positive and sum to 1.
 *
 * <pre>
 * dst(n, c, y, x) = exp(src(n, c, y, x) - m) / sum over k of exp(src(n, k, y, x) - m),
 *     m = max over k of src(n, k, y, x)
 * </pre>
 *
 * <p>As PyTorch's {@code softmax(x, dim=1)}; the mask prediction of docs/networks.md 0.1 uses C =
 * 2.
 */
public final class SoftmaxReference {
  private SoftmaxReference() {}

  /** The softmax of {@code src} over its channels. */
  public static FloatTensor forward(FloatTensor src) {
    Shape shape = src.shape();
    FloatTensor dst = FloatTensor.zeros(shape);
    IntStream.range(0, shape.n() * shape.h())
        .parallel()
        .forEach(
            row -> {
              for (int x = 0; x < shape.w(); x++) {
                softmaxPixel(src, dst, row / shape.h(), row % shape.h(), x);
              }
            });
    return dst;
  }

  private static void softmaxPixel(FloatTensor src, FloatTensor dst, int n, int y, int x) {
    int channels = src.shape().c();
    // The largest value is subtracted so that exp cannot overflow.
    double max = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < channels; c++) {
      max = Math.max(max, src.get(n, c, y, x));
    }
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      sum += Math.exp(src.get(n, c, y, x) - max);
    }
    for (int c = 0; c < channels; c++) {
      dst.set(n, c, y, x, (float) (Math.exp(src.get(n, c, y, x) - max) / sum));
    }
  }
}
