package dev.loupe.op;

import dev.loupe.reference.ActivationGradientReference;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * The gradient through an activation: grad and value, both (N, C, H, W), to the same.
 *
 * @param activation which; {@code value} is its input for PReLU, its output for any other
 * @param slopes PReLU's (1, C, 1, 1) or (1, 1, 1, 1), null for any other
 */
public record ActivationGradient(Activation activation, Parameter slopes) implements Operator {
  @Override
  public String name() {
    return "activation_gradient";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    if (!inputs.get(0).equals(inputs.get(1))) {
      throw new IllegalArgumentException(
          "activation_gradient: grad %s and value %s differ"
              .formatted(inputs.get(0), inputs.get(1)));
    }
    return inputs.get(0);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return ActivationGradientReference.backward(
        inputs.get(0), inputs.get(1), activation, slopes == null ? null : slopes.value());
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorView rows = output.asRows();
    recorder
        .kernel(
            "gradient/activation_gradient.cl",
            "activation_gradient",
            Activations.define(recorder.movingDefines(), activation))
        .tensor(inputs.get(0).asRows())
        .tensor(inputs.get(1).asRows())
        .buffer(recorder.vector(slopes, rows.type().shape().c(), 1))
        .tensor(rows)
        .ints(rows.type().lanes())
        .launchOver(rows.type());
  }
}
