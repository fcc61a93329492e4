package dev.loupe.op;

import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.reference.ActivationReference;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * A pointwise activation that no convolution fuses: (N, C, H, W) to the same.
 *
 * @param activation which
 * @param slopes PReLU's (1, C, 1, 1) or (1, 1, 1, 1), null for any other
 */
public record Activate(Activation activation, Parameter slopes) implements Operator {
  @Override
  public String name() {
    return "activation";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    return inputs.get(0);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return ActivationReference.forward(
        inputs.get(0), activation, slopes == null ? null : slopes.value());
  }

  @Override
  public Cost cost(List<TensorType> inputs, TensorType output) {
    return new Cost(Activations.paperCost(activation, output.shape().elements()), 0, 0);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.SAME;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorView rows = output.asRows();
    DeviceBuffer packed = recorder.vector(slopes, rows.type().shape().c(), 1);
    recorder
        .kernel(
            "pointwise/activation.cl",
            "activation",
            Activations.define(recorder.movingDefines(), activation))
        .tensor(inputs.get(0).asRows())
        .buffer(packed)
        .tensor(rows)
        .ints(rows.type().lanes())
        .launchRowsOver(rows.type());
  }
}
