package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.PictureLossReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Norm;
import dev.loupe.tensor.Shape;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The weighted mean error of two tensors of patches, both (N, C, H, W), as one number.
 *
 * @param norm what an element's error counts
 * @param weight of this loss among others
 */
public record PictureLoss(Norm norm, float weight) implements Operator {
  static final String FILE = "gradient/picture_loss.cl";

  @Override
  public String name() {
    return "picture_loss";
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

  /** Its gradient. */
  public PictureLossGradient gradient() {
    return new PictureLossGradient(norm, weight);
  }

  /** What each element's error counts. */
  static float scale(float weight, TensorType type) {
    return weight / type.shape().elements();
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return PictureLossReference.loss(inputs.get(0), inputs.get(1), norm, weight);
  }

  static Defines defines(LaunchRecorder recorder, Norm norm) {
    return recorder.movingDefines().flag("SQUARED", norm == Norm.L2);
  }

  @Override
  public long scratchBytes(List<TensorType> inputs, TensorType output) {
    return PartialSums.bytesOverChannels(inputs.get(0).shape().c());
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType type = inputs.get(0).type();
    Shape shape = type.shape();
    PartialSums sums = PartialSums.overChannels(recorder.tuning(), 2 * type.bytes(), shape.c());
    IntFunction<Defines> ofItems = size -> defines(recorder, norm).set("ITEMS", size);
    int items = recorder.group(FILE, name(), ofItems);
    recorder
        .kernel(FILE, name(), ofItems.apply(items))
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .scratch()
        .ints(shape.h() * shape.w(), type.lanes())
        .float32(scale(weight, type))
        .launch(sums.ofGroups(items));
    sums.addUp(recorder, shape.c(), output);
  }
}
