package dev.loupe.op;

import dev.loupe.reference.MinMaxNormaliseReference;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * The stretching of a batch of maps (N, 1, H, W) to [0, 1] by the least and largest value of all;
 * zeros where all are the same.
 */
public record MinMaxNormalise() implements Operator {
  @Override
  public String name() {
    return "min_max_normalise";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType type = inputs.get(0);
    type.requirePatches(name());
    if (type.shape().c() != 1) {
      throw new IllegalArgumentException("min_max_normalise takes one channel, not " + type);
    }
    return type;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return MinMaxNormaliseReference.forward(inputs.get(0));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType type = output.type();
    recorder
        .kernel("pointwise/min_max_normalise.cl", "min_max_normalise", recorder.defines())
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(Math.toIntExact(type.rows()), type.lanes())
        .launchOnce();
  }
}
