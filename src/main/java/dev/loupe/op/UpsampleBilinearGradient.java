package dev.loupe.op;

import dev.loupe.reference.UpsampleBilinearGradientReference;
import dev.loupe.tensor.FloatTensor;
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

  /** The gradient of the resize along rows alone. */
  private TensorType alongRows(TensorType grad) {
    return grad.withShape(grad.shape().withSize(grad.shape().h(), width));
  }

  @Override
  public long scratchBytes(List<TensorType> inputs, TensorType output) {
    return alongRows(inputs.get(0)).bytes();
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorView grad = inputs.get(0);
    TensorView rows = recorder.scratch(0, alongRows(grad.type()));
    record(recorder, grad, rows, width, grad.type().shape().w(), 1);
    record(recorder, rows, output, height, grad.type().shape().h(), width);
  }

  private static void record(
      LaunchRecorder recorder, TensorView grad, TensorView dst, int sizeIn, int size, int inner) {
    recorder
        .kernel(
            "gradient/upsample_bilinear_gradient.cl",
            "upsample_bilinear_gradient",
            recorder.movingDefines())
        .tensor(grad)
        .tensor(dst)
        .ints(sizeIn, size, inner, dst.type().lanes())
        .launchOver(dst.type());
  }
}
