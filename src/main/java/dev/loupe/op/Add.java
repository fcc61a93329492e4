package dev.loupe.op;

import dev.loupe.reference.AddReference;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/** The elementwise sum of two tensors of patches (N, C, H, W). */
public record Add() implements Operator {
  @Override
  public String name() {
    return "add";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType a = inputs.get(0);
    a.requirePatches(name());
    if (!a.equals(inputs.get(1))) {
      throw new IllegalArgumentException("add: %s does not fit %s".formatted(inputs.get(1), a));
    }
    return a;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return AddReference.forward(inputs.get(0), inputs.get(1));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorView rows = output.asRows();
    recorder
        .kernel("pointwise/combine.cl", "combine", recorder.movingDefines())
        .tensor(inputs.get(0).asRows())
        .tensor(inputs.get(1).asRows())
        .tensor(rows)
        .ints(rows.type().lanes())
        .launchOver(rows.type());
  }
}
