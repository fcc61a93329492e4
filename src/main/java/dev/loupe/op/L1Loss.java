package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.L1Reference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The weighted mean absolute error of two tensors of patches, both (N, C, H, W), as one number.
 *
 * @param weight of this loss among others
 */
public record L1Loss(float weight) implements Operator {
  static final String FILE = "gradient/l1_loss.cl";

  @Override
  public String name() {
    return "l1_loss";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    requireEqual(name(), inputs);
    return PartialSums.row(1);
  }

  static void requireEqual(String name, List<TensorType> inputs) {
    inputs.get(0).requirePatches(name);
    if (!inputs.get(0).equals(inputs.get(1))) {
      throw new IllegalArgumentException(
          "%s: %s and its target %s differ".formatted(name, inputs.get(0), inputs.get(1)));
    }
  }

  /** What each element's error counts. */
  static float scale(float weight, TensorType type) {
    return weight / type.shape().elements();
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return L1Reference.loss(inputs.get(0), inputs.get(1), weight);
  }

  private static PartialSums sums(TensorType type) {
    return PartialSums.over(2 * type.bytes(), type.shape().c());
  }

  @Override
  public long scratchBytes(List<TensorType> inputs, TensorType output) {
    return sums(inputs.get(0)).bytes();
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType type = inputs.get(0).type();
    Shape shape = type.shape();
    PartialSums sums = sums(type);
    Defines defines =
        new Defines().set("LANES", recorder.tuning().lanes()).set("SPANS", sums.spans());
    KernelCall call =
        recorder.kernel(FILE, "l1_loss", defines).tensor(inputs.get(0)).tensor(inputs.get(1));
    sums.bind(recorder, call)
        .ints(shape.c(), shape.h(), shape.w(), type.lanes())
        .float32(scale(weight, type))
        .launchWhole(shape.c(), 1, sums.spans());
    sums.addUp(recorder, shape.c(), output);
  }
}
