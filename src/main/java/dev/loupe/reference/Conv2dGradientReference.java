package dev.loupe.reference;

import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

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
    FloatTensor weights =
        FloatTensor.generate(
            filters, (o, i, r, s) -> (float) weight(src, grad, geometry, o, i, r, s));
    return new FloatTensor(Shape.frame(1, 1, (int) filters.elements()), weights.data());
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
    return FloatTensor.generate(
        new Shape(grad.shape().n(), filters.c(), height, width),
        (n, i, y, x) -> (float) pixel(grad, weights, geometry, n, i, y, x));
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
