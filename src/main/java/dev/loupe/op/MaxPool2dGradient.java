package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.MaxPool2dGradientReference;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * The gradient of {@link MaxPool2d}: patches grad (N, C, H', W') and the pooled tensor (N, C, H, W)
 * to (N, C, H, W); a window's gradient goes to its largest pixel, the first if several are.
 *
 * @param filter side of a window
 * @param stride step of it
 */
public record MaxPool2dGradient(int filter, int stride) implements Operator {
  @Override
  public String name() {
    return "max_pool2d_gradient";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType src = inputs.get(1);
    src.requirePatches(name());
    if (!new MaxPool2d(filter, stride).output(List.of(src)).equals(inputs.get(0))) {
      throw new IllegalArgumentException(
          "%s: %s is not what %s is pooled to".formatted(name(), inputs.get(0), src));
    }
    return src;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return MaxPool2dGradientReference.backward(inputs.get(0), inputs.get(1), filter, stride);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType grad = inputs.get(0).type();
    TensorType dst = output.type();
    Defines defines = recorder.defines().set("FILTER", filter).set("STRIDE", stride);
    recorder
        .kernel("gradient/max_pool2d_gradient.cl", "max_pool2d_gradient", defines)
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .tensor(output)
        .ints(grad.shape().h(), grad.shape().w(), dst.shape().w(), dst.lanes())
        .launchWhole(dst.lanes(), dst.rows(), dst.shape().c());
  }
}
