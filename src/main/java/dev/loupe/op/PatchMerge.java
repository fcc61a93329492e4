package dev.loupe.op;

import dev.loupe.reference.PatchSplitReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The adjoint of {@link PatchSplit}: patches (cells * N, C, patch + 2 * halo, patch + 2 * halo) are
 * added up where they overlap, to crops (N, C, height, width).
 *
 * @param patch side of a cell; the crops' sides are multiples of it
 * @param halo ring around it
 * @param height of the crops
 * @param width of the crops
 */
public record PatchMerge(int patch, int halo, int height, int width) implements Operator {
  @Override
  public String name() {
    return "patch_merge";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType patches = inputs.get(0);
    int cells = (height / patch) * (width / patch);
    Shape s = patches.shape();
    TensorType crops = patches.withShape(new Shape(s.n() / cells, s.c(), height, width));
    if (!new PatchSplit(patch, halo).output(List.of(crops)).equals(patches)) {
      throw new IllegalArgumentException(
          "patch_merge: %s are not the patches of %s".formatted(patches, crops));
    }
    return crops;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return PatchSplitReference.merge(inputs.get(0), patch, halo, height, width);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape crops = output.type().shape();
    recorder
        .kernel(PatchSplit.FILE, "patch_merge", PatchSplit.defines(recorder, patch, halo))
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(crops.h(), crops.w(), crops.n())
        .launchWhole(crops.w(), crops.h(), crops.c());
  }
}
