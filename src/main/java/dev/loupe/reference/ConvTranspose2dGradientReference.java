package dev.loupe.reference;

import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The gradient of the filters of {@link ConvTranspose2dReference}: by adjointness the filter
 * gradient of the convolution with the same geometry, input and output changing places. {@code src}
 * is (N, I, H, W), {@code grad} the gradient of the output as sub-pixel phases, (N, O * scale *
 * scale, H, W).
 */
public final class ConvTranspose2dGradientReference {
  private ConvTranspose2dGradientReference() {}

  /** The gradient as a row of {@code filters}' elements, IOHW. */
  public static FloatTensor weights(
      FloatTensor src, FloatTensor grad, Shape filters, int scale, int padding) {
    return Conv2dGradientReference.weights(
        PixelShuffleReference.forward(grad, scale),
        src,
        filters,
        new ConvGeometry(filters.h(), filters.w(), scale, padding));
  }
}
