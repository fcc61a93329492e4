package dev.loupe.op;

import dev.loupe.reference.UpsampleBilinearGradientReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The gradient of {@link UpsampleBilinear}: patches (N, C, H', W') to (N, C, height, width).
 *
 * @param height of what was resized
 * @param width of what was resized
 */
public record UpsampleBilinearGradient(int height, int width) implements Operator {
  @Override
  public String name() {
    return "upsample_bilinear_gradient";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType grad = inputs.get(0);
    grad.requirePatches(name());
    return grad.withShape(grad.shape().withSize(height, width));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return UpsampleBilinearGradientReference.backward(inputs.get(0), height, width);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape grad = inputs.get(0).type().shape();
    TensorType dst = output.type();
    recorder
        .kernel(
            "gradient/upsample_bilinear_gradient.cl",
            "upsample_bilinear_gradient",
            recorder.movingDefines())
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(height, width, grad.h(), grad.w(), dst.lanes())
        .launchOver(dst);
  }
}
