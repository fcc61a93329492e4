package dev.loupe.op;

import dev.loupe.reference.PictureLossReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Norm;
import java.util.List;

/**
 * The gradient of {@link PictureLoss} with respect to its first operand: two tensors of patches,
 * both (N, C, H, W), to the same.
 *
 * @param norm of the loss
 * @param weight of the loss
 */
public record PictureLossGradient(Norm norm, float weight) implements Operator {
  @Override
  public String name() {
    return "picture_loss_gradient";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    PictureLoss.requireEqual(name(), inputs);
    return inputs.get(0);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return PictureLossReference.gradient(inputs.get(0), inputs.get(1), norm, weight);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType type = output.type();
    recorder
        .kernel(PictureLoss.FILE, "picture_loss_gradient", PictureLoss.defines(recorder, norm))
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .tensor(output)
        .ints(type.lanes())
        .float32(PictureLoss.scale(weight, type))
        .launchOver(type);
  }
}
