package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.L1Reference;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * The gradient of {@link L1Loss} with respect to its first operand: two tensors of patches, both
 * (N, C, H, W), to the same.
 *
 * @param weight of the loss
 */
public record L1Gradient(float weight) implements Operator {
  @Override
  public String name() {
    return "l1_gradient";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    L1Loss.requireEqual(name(), inputs);
    return inputs.get(0);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return L1Reference.gradient(inputs.get(0), inputs.get(1), weight);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType type = output.type();
    int lanes = recorder.tuning().lanes();
    recorder
        .kernel(L1Loss.FILE, "l1_gradient", new Defines().set("LANES", lanes))
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .tensor(output)
        .ints(type.lanes())
        .float32(L1Loss.scale(weight, type))
        .launchWhole((type.lanes() + lanes - 1) / lanes, type.rows(), type.shape().c());
  }
}
