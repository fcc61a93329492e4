package dev.loupe.reference;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The 2-D convolution with fused bias, residual and activation. {@code src} is (N, I, H, W), {@code
 * weights} (O, I, filterHeight, filterWidth), {@code dst} (N, O, H', W') with H' and W' from {@link
 * ConvGeometry}.
 *
 * <pre>
 * dst(n, o, y, x) = activation( bias(o) + residual(n, o, y, x)
 *     + sum over i, r, s of weights(o, i, r, s) * src(n, i, y * stride + r - padding,
 *                                                           x * stride + s - padding) )
 * </pre>
 *
 * <p>As PyTorch's conv2d: a cross-correlation, the filter is not flipped; zeros outside the image.
 * The residual enters before the activation, which serves every network: RFDN's {@code act(conv(x)
 * + x)} (docs/networks.md 2.3) and, with {@link Activation#NONE}, the plain {@code conv(x) + x} of
 * the others.
 */
public final class Conv2dReference {
  private Conv2dReference() {}

  /**
   * Convolves {@code src}.
   *
   * @param weights filters in OIHW order
   * @param bias O values in any shape, or null for none
   * @param slopes C or 1 slopes for PReLU, null for every other activation
   * @param residual tensor of dst's shape to add before the activation, or null for none
   * @throws IllegalArgumentException if a shape does not fit
   */
  public static FloatTensor forward(
      FloatTensor src,
      FloatTensor weights,
      FloatTensor bias,
      ConvGeometry geometry,
      Activation activation,
      FloatTensor slopes,
      FloatTensor residual) {
    Shape in = src.shape();
    int channels = weights.shape().n();
    checkWeights(in, weights.shape(), geometry);
    checkBias(bias, channels);
    ActivationReference.checkSlopes(activation, slopes, channels);
    int height = geometry.outputHeight(in.h());
    int width = geometry.outputWidth(in.w());
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "conv2d src %s is smaller than %s".formatted(in, geometry));
    }
    FloatTensor dst = FloatTensor.zeros(new Shape(in.n(), channels, height, width));
    if (residual != null && !residual.shape().equals(dst.shape())) {
      throw new IllegalArgumentException(
          "conv2d residual is %s, the output %s".formatted(residual.shape(), dst.shape()));
    }
    IntStream.range(0, in.n() * height)
        .parallel()
        .forEach(
            row -> {
              int n = row / height;
              int y = row % height;
              double[] window = rowsUnderFilter(src, geometry, n, y);
              double[] sums = new double[width];
              for (int o = 0; o < channels; o++) {
                Arrays.fill(sums, bias == null ? 0 : bias.data()[o]);
                addTaps(sums, window, weights, o, geometry.stride());
                double slope = ActivationReference.slope(activation, slopes, o);
                int at = dst.index(n, o, y, 0);
                for (int x = 0; x < width; x++) {
                  double sum = residual == null ? sums[x] : sums[x] + residual.data()[at + x];
                  dst.data()[at + x] =
                      (float) ActivationReference.apply(activation.kind(), slope, sum);
                }
              }
            });
    return dst;
  }

  private static void checkWeights(Shape in, Shape weights, ConvGeometry geometry) {
    if (weights.c() != in.c()
        || weights.h() != geometry.filterHeight()
        || weights.w() != geometry.filterWidth()) {
      throw new IllegalArgumentException(
          "conv2d weights are %s, src %s with %s needs (O, %d, %d, %d)"
              .formatted(
                  weights, in, geometry, in.c(), geometry.filterHeight(), geometry.filterWidth()));
    }
  }

  /** Throws unless {@code bias} is null or holds one value for each channel. */
  static void checkBias(FloatTensor bias, int channels) {
    if (bias != null && bias.data().length != channels) {
      throw new IllegalArgumentException(
          "bias holds %d values, %d output channels need %d"
              .formatted(bias.data().length, channels, channels));
    }
  }

  /** The src rows under output row y, (I, filterHeight, padding + W + padding), as doubles. */
  private static double[] rowsUnderFilter(FloatTensor src, ConvGeometry geometry, int n, int y) {
    Shape in = src.shape();
    int length = in.w() + 2 * geometry.padding();
    double[] window = new double[in.c() * geometry.filterHeight() * length];
    for (int i = 0; i < in.c(); i++) {
      for (int r = 0; r < geometry.filterHeight(); r++) {
        int srcY = y * geometry.stride() + r - geometry.padding();
        if (srcY < 0 || srcY >= in.h()) {
          continue;
        }
        int from = src.index(n, i, srcY, 0);
        int to = (i * geometry.filterHeight() + r) * length + geometry.padding();
        for (int x = 0; x < in.w(); x++) {
          window[to + x] = src.data()[from + x];
        }
      }
    }
    return window;
  }

  /**
   * Adds all taps of filter {@code o} to one output row: taps outside, x inside (it vectorises).
   */
  private static void addTaps(
      double[] sums, double[] window, FloatTensor weights, int o, int stride) {
    Shape shape = weights.shape();
    int rows = shape.c() * shape.h();
    int length = window.length / rows;
    for (int row = 0; row < rows; row++) {
      for (int s = 0; s < shape.w(); s++) {
        double weight = weights.data()[(o * rows + row) * shape.w() + s];
        int from = row * length + s;
        if (stride == 1) {
          for (int x = 0; x < sums.length; x++) {
            sums[x] += weight * window[from + x];
          }
        } else {
          for (int x = 0; x < sums.length; x++) {
            sums[x] += weight * window[from + x * stride];
          }
        }
      }
    }
  }
}
