package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.MultiplyReference;
import dev.loupe.tensor.FloatTensor;
import java.util.List;
import java.util.function.UnaryOperator;

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
    boolean broadcast = isBroadcast(output.type(), inputs.get(1).type());
    UnaryOperator<TensorView> rows = broadcast ? view -> view : TensorView::asRows;
    TensorView dst = rows.apply(output);
    Defines defines = recorder.movingDefines().set("MULTIPLY", 1).flag("BROADCAST", broadcast);
    recorder
        .kernel("pointwise/combine.cl", "combine", defines)
        .tensor(rows.apply(inputs.get(0)))
        .tensor(rows.apply(inputs.get(1)))
        .tensor(dst)
        .ints(dst.type().lanes())
        .launchOver(dst.type());
  }

  private static boolean isBroadcast(TensorType a, TensorType b) {
    return !a.equals(b) && b.equals(a.withShape(a.shape().withSize(1, 1)));
  }
}
