package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.MultiplyReference;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * The elementwise product of two tensors of patches (N, C, H, W); the second may have one pixel a
 * channel, (N, C, 1, 1), which meets every pixel of the first.
 */
public record Multiply() implements Operator {
  @Override
  public String name() {
    return "multiply";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType a = inputs.get(0);
    a.requirePatches(name());
    if (!a.equals(inputs.get(1)) && !isBroadcast(a, inputs.get(1))) {
      throw new IllegalArgumentException(
          "multiply: %s does not fit %s".formatted(inputs.get(1), a));
    }
    return a;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return MultiplyReference.forward(inputs.get(0), inputs.get(1));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType type = output.type();
    Defines defines =
        recorder
            .movingDefines()
            .set("MULTIPLY", 1)
            .flag("BROADCAST", isBroadcast(type, inputs.get(1).type()));
    recorder
        .kernel("pointwise/combine.cl", "combine", defines)
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .tensor(output)
        .ints(type.lanes())
        .launchOver(type);
  }

  private static boolean isBroadcast(TensorType a, TensorType b) {
    return !a.equals(b) && b.equals(a.withShape(a.shape().withSize(1, 1)));
  }
}
