package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.Conv2dGradientReference;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The gradient of the input of a convolution with a step: patches grad (N, O, H', W') to (N, I,
 * height, width). With step 1, {@link Conv2d#inputGradient} is faster.
 *
 * @param weights filters, OIHW
 * @param geometry of the convolution
 * @param height of the input
 * @param width of the input
 */
public record Conv2dInputGradient(Parameter weights, ConvGeometry geometry, int height, int width)
    implements Operator {
  @Override
  public String name() {
    return "conv2d_input_gradient";
  }

  private Shape filters() {
    return weights.value().shape();
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType grad = inputs.get(0);
    grad.requirePatches(name());
    Shape s = grad.shape();
    if (s.c() != filters().n()
        || s.h() != geometry.outputHeight(height)
        || s.w() != geometry.outputWidth(width)) {
      throw new IllegalArgumentException(
          "%s %s: %s is no output for %dx%d"
              .formatted(name(), weights.name(), grad, width, height));
    }
    return grad.withShape(new Shape(s.n(), filters().c(), height, width));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return Conv2dGradientReference.input(inputs.get(0), weights.value(), geometry, height, width);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType grad = inputs.get(0).type();
    Defines defines =
        Convolutions.define(recorder.movingDefines(), filters().c(), filters().n(), geometry);
    recorder
        .kernel("gradient/conv2d_input_gradient.cl", "conv2d_input_gradient", defines)
        .tensor(inputs.get(0))
        .buffer(recorder.weights(weights))
        .tensor(output)
        .ints(grad.shape().h(), grad.shape().w(), width, grad.lanes())
        .launchOver(output.type());
  }
}
