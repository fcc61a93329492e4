package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.LumaGapReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The distance in luma of two versions of all patches of a batch of crops, as {@link PatchSplit}
 * orders them: both (cells * N, 3 * factor * factor, size, size) to (N, 1, gridHeight, gridWidth),
 * the mean of |difference of Y| over each patch.
 *
 * @param factor of the pixel shuffle that is still to come
 * @param gridHeight rows of cells
 * @param gridWidth cells of a row
 */
public record LumaGap(int factor, int gridHeight, int gridWidth) implements Operator {
  @Override
  public String name() {
    return "luma_gap";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType a = inputs.get(0);
    a.requirePatches(name());
    int cells = gridHeight * gridWidth;
    if (!a.equals(inputs.get(1))
        || a.shape().n() % cells != 0
        || a.shape().c() != 3 * factor * factor) {
      throw new IllegalArgumentException(
          "luma_gap of %d cells by %d does not fit %s".formatted(cells, factor, inputs));
    }
    return a.withShape(new Shape(a.shape().n() / cells, 1, gridHeight, gridWidth));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return LumaGapReference.forward(inputs.get(0), inputs.get(1), factor, gridHeight, gridWidth);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape dst = output.type().shape();
    Defines defines = recorder.defines().set("FACTOR", factor);
    recorder
        .kernel("select/luma_gap.cl", "luma_gap", defines)
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .tensor(output)
        .ints(Math.toIntExact(inputs.get(0).type().rows()), dst.n())
        .launchWhole(dst.n(), dst.plane(), 1);
  }
}
