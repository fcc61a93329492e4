package dev.loupe.reference;

import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The transposed 2-D convolution, the upsampler of FSRCNN. {@code src} is (N, I, H, W), {@code
 * weights} (I, O, filterHeight, filterWidth), {@code dst} (N, O, H', W') with H' = (H - 1) * stride
 * - 2 * padding + filterHeight + outputPadding and W' likewise.
 *
 * <pre>
 * dst(n, o, y, x) = bias(o) + sum over i, r, s with y = srcY * stride + r - padding
 *                                              and x = srcX * stride + s - padding
 *                             of weights(i, o, r, s) * src(n, i, srcY, srcX)
 * </pre>
 *
 * <p>As PyTorch's conv_transpose2d: the adjoint of {@link Conv2dReference} with the same geometry
 * (Dumoulin and Visin 2016, "A guide to convolution arithmetic", section 4).
 */
public final class ConvTranspose2dReference {
  private ConvTranspose2dReference() {}

  /**
   * Upsamples {@code src}.
   *
   * @param weights filters in IOHW order
   * @param bias O values in any shape, or null for none
   * @param geometry of the convolution this is the adjoint of
   * @param outputPadding rows and columns more at the bottom and right, below the stride
   * @throws IllegalArgumentException if a shape does not fit
   */
  public static FloatTensor forward(
      FloatTensor src,
      FloatTensor weights,
      FloatTensor bias,
      ConvGeometry geometry,
      int outputPadding) {
    Shape in = src.shape();
    int channels = weights.shape().c();
    if (weights.shape().n() != in.c()
        || weights.shape().h() != geometry.filterHeight()
        || weights.shape().w() != geometry.filterWidth()) {
      throw new IllegalArgumentException(
          "convTranspose2d weights are %s, src %s with %s needs (%d, O, %d, %d)"
              .formatted(
                  weights.shape(),
                  in,
                  geometry,
                  in.c(),
                  geometry.filterHeight(),
                  geometry.filterWidth()));
    }
    Conv2dReference.checkBias(bias, channels);
    int height = geometry.transposedHeight(in.h(), outputPadding);
    int width = geometry.transposedWidth(in.w(), outputPadding);
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "convTranspose2d src %s with %s leaves no output".formatted(in, geometry));
    }
    FloatTensor dst = FloatTensor.zeros(new Shape(in.n(), channels, height, width));
    IntStream.range(0, in.n() * height)
        .parallel()
        .forEach(
            row -> {
              int n = row / height;
              int y = row % height;
              double[][] sums = sumRow(src, weights, geometry, n, y);
              for (int o = 0; o < channels; o++) {
                double offset = bias == null ? 0 : bias.data()[o];
                for (int x = 0; x < width; x++) {
                  // The sums start `padding` columns left of the output; beyond them lies only
                  // bias.
                  int at = x + geometry.padding();
                  double sum = at < sums[o].length ? sums[o][at] : 0;
                  dst.set(n, o, y, x, (float) (offset + sum));
                }
              }
            });
    return dst;
  }

  /**
   * Sums of output row y for each output channel, uncropped: (O, (W - 1) * stride + filterWidth).
   */
  private static double[][] sumRow(
      FloatTensor src, FloatTensor weights, ConvGeometry geometry, int n, int y) {
    Shape in = src.shape();
    int stride = geometry.stride();
    int channels = weights.shape().c();
    double[][] sums = new double[channels][(in.w() - 1) * stride + geometry.filterWidth()];
    double[] srcRow = new double[in.w()];
    for (int r = 0; r < geometry.filterHeight(); r++) {
      int srcY = Math.floorDiv(y + geometry.padding() - r, stride);
      if (srcY * stride != y + geometry.padding() - r || srcY < 0 || srcY >= in.h()) {
        continue;
      }
      for (int i = 0; i < in.c(); i++) {
        for (int x = 0; x < in.w(); x++) {
          srcRow[x] = src.get(n, i, srcY, x);
        }
        for (int o = 0; o < channels; o++) {
          for (int s = 0; s < geometry.filterWidth(); s++) {
            addScaled(sums[o], s, stride, srcRow, weights.get(i, o, r, s));
          }
        }
      }
    }
    return sums;
  }

  private static void addScaled(
      double[] sums, int from, int stride, double[] srcRow, double weight) {
    for (int x = 0; x < srcRow.length; x++) {
      sums[from + x * stride] += weight * srcRow[x];
    }
  }
}
