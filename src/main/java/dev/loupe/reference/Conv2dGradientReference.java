package dev.loupe.reference;

import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The gradients of {@link Conv2dReference} without bias and activation. {@code src} is (N, I, H,
 * W), {@code grad} the gradient of the output, (N, O, H', W').
 *
 * <pre>
 * weights'(o, i, r, s) = sum over n, y, x of grad(n, o, y, x)
 *                        * src(n, i, y * stride + r - padding, x * stride + s - padding)
 * src'(n, i, y, x)     = sum over o, r, s and the output pixel (v, u) that reads (y, x) at (r, s)
 *                        of grad(n, o, v, u) * weights(o, i, r, s)
 * </pre>
 */
public final class Conv2dGradientReference {
  private Conv2dGradientReference() {}

  /** The gradient of the filters as a row of {@code filters}' elements, OIHW. */
  public static FloatTensor weights(
      FloatTensor src, FloatTensor grad, Shape filters, ConvGeometry geometry) {
    int taps = filters.h() * filters.w();
    FloatTensor dst = FloatTensor.zeros(Shape.frame(1, 1, (int) filters.elements()));
    IntStream.range(0, dst.data().length)
        .parallel()
        .forEach(
            at -> {
              int o = at / taps / filters.c();
              int i = at / taps % filters.c();
              int r = at / filters.w() % filters.h();
              dst.data()[at] = (float) weight(src, grad, geometry, o, i, r, at % filters.w());
            });
    return dst;
  }

  private static double weight(
      FloatTensor src, FloatTensor grad, ConvGeometry geometry, int o, int i, int r, int s) {
    Shape out = grad.shape();
    double sum = 0;
    for (int n = 0; n < out.n(); n++) {
      for (int y = 0; y < out.h(); y++) {
        int row = y * geometry.stride() + r - geometry.padding();
        for (int x = 0; x < out.w(); x++) {
          int column = x * geometry.stride() + s - geometry.padding();
          sum += (double) grad.get(n, o, y, x) * src.getPadded(n, i, row, column);
        }
      }
    }
    return sum;
  }

  /** The gradient of the input, (N, I, height, width). */
  public static FloatTensor input(
      FloatTensor grad, FloatTensor weights, ConvGeometry geometry, int height, int width) {
    Shape filters = weights.shape();
    FloatTensor dst = FloatTensor.zeros(new Shape(grad.shape().n(), filters.c(), height, width));
    IntStream.range(0, grad.shape().n() * filters.c())
        .parallel()
        .forEach(
            plane -> {
              int n = plane / filters.c();
              int i = plane % filters.c();
              for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                  dst.set(n, i, y, x, (float) pixel(grad, weights, geometry, n, i, y, x));
                }
              }
            });
    return dst;
  }

  private static double pixel(
      FloatTensor grad, FloatTensor weights, ConvGeometry geometry, int n, int i, int y, int x) {
    Shape filters = weights.shape();
    double sum = 0;
    for (int r = 0; r < filters.h(); r++) {
      for (int s = 0; s < filters.w(); s++) {
        int row = y + geometry.padding() - r;
        int column = x + geometry.padding() - s;
        if (row % geometry.stride() != 0 || column % geometry.stride() != 0) {
          continue;
        }
        for (int o = 0; o < filters.n(); o++) {
          sum +=
              (double) weights.get(o, i, r, s)
                  * grad.getPadded(n, o, row / geometry.stride(), column / geometry.stride());
        }
      }
    }
    return sum;
  }
}
