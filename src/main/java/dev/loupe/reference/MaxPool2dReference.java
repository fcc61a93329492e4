package dev.loupe.reference;

import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The largest value under each position of a window. {@code src} is (N, C, H, W), {@code dst} (N,
 * C, floor((H - k) / stride) + 1, floor((W - k) / stride) + 1).
 *
 * <pre>
 * dst(n, c, y, x) = max over r, s below k of src(n, c, y * stride + r, x * stride + s)
 * </pre>
 *
 * <p>As PyTorch's {@code max_pool2d(x, k, stride)} without padding: the rest at the border is
 * dropped, NaN wins. RFDN's ESA uses k = 7, stride 3 (docs/networks.md 2.3).
 */
public final class MaxPool2dReference {
  private MaxPool2dReference() {}

  /**
   * Pools {@code src}.
   *
   * @param filter k, side of the window, at least 1
   * @param stride step of the window, at least 1
   * @throws IllegalArgumentException if one is below 1 or src is smaller than the window
   */
  public static FloatTensor forward(FloatTensor src, int filter, int stride) {
    ConvGeometry geometry = new ConvGeometry(filter, filter, stride, 0);
    Shape in = src.shape();
    int height = geometry.outputHeight(in.h());
    int width = geometry.outputWidth(in.w());
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "maxPool2d src %s is smaller than the %d x %d window".formatted(in, filter, filter));
    }
    FloatTensor dst = FloatTensor.zeros(in.withSize(height, width));
    IntStream.range(0, in.n() * in.c())
        .parallel()
        .forEach(
            plane -> {
              int n = plane / in.c();
              int c = plane % in.c();
              for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                  float max = Float.NEGATIVE_INFINITY;
                  for (int tap = 0; tap < geometry.taps(); tap++) {
                    int srcY = y * stride + tap / filter;
                    int srcX = x * stride + tap % filter;
                    max = Math.max(max, src.get(n, c, srcY, srcX));
                  }
                  dst.set(n, c, y, x, max);
                }
              }
            });
    return dst;
  }
}
