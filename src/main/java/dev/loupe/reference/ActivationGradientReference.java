package dev.loupe.reference;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The gradient through {@link ActivationReference}. {@code grad}, {@code value} and {@code dst} are
 * (N, C, H, W); {@code value} is the activation's input for PReLU, its output for any other. The
 * gradient at 0 is that below 0, as PyTorch's.
 */
public final class ActivationGradientReference {
  private ActivationGradientReference() {}

  /** dst = grad * activation'. */
  public static FloatTensor backward(
      FloatTensor grad, FloatTensor value, Activation activation, FloatTensor slopes) {
    Shape shape = grad.shape();
    ActivationReference.checkSlopes(activation, slopes, shape.c());
    FloatTensor dst = FloatTensor.zeros(shape);
    int plane = (int) shape.plane();
    for (int i = 0; i < dst.data().length; i++) {
      double slope = ActivationReference.slope(activation, slopes, i / plane % shape.c());
      dst.data()[i] =
          (float) (grad.data()[i] * derivative(activation.kind(), slope, value.data()[i]));
    }
    return dst;
  }

  private static double derivative(Activation.Kind kind, double slope, double value) {
    return switch (kind) {
      case NONE -> 1;
      case RELU -> value > 0 ? 1 : 0;
      case LEAKY_RELU, PRELU -> value > 0 ? 1 : slope;
      case SIGMOID -> value * (1 - value);
    };
  }
}
