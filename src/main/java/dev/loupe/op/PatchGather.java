package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.PatchGatherReference;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The gathering of chosen patches: frame (1, C, H, W) and indices to (batch, C, patch + 2 * halo,
 * patch + 2 * halo), zeros outside the frame.
 *
 * @param patch side of a cell in pixels of the frame
 * @param halo ring around it
 * @param first the first index taken
 * @param batch patches in the output; beyond the end of the list the last one is repeated
 */
public record PatchGather(int patch, int halo, int first, int batch) implements Operator {
  @Override
  public String name() {
    return "patch_gather";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType frame = inputs.get(0);
    frame.requireFrame(name());
    int size = patch + 2 * halo;
    Shape windows = new Shape(batch, frame.shape().c(), size, size);
    return new TensorType(windows, Layout.PATCHES, frame.precision());
  }

  private int count(int listed) {
    return Math.min(batch, listed - first);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    int[] listed = Indices.fromTensor(inputs.get(1));
    int[] taken = Arrays.copyOfRange(listed, first, first + batch);
    Arrays.fill(taken, count(listed.length), batch, listed[listed.length - 1]);
    return PatchGatherReference.forward(inputs.get(0), taken, patch, halo);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape src = inputs.get(0).type().shape();
    int lanes = recorder.tuning().lanes();
    Defines defines = recorder.defines().set("PATCH", patch).set("HALO", halo);
    recorder
        .kernel("select/patch_gather.cl", "patch_gather", defines)
        .tensor(inputs.get(0))
        .list(inputs.get(1))
        .tensor(output)
        .ints(src.h(), src.w(), first, count(inputs.get(1).type().shape().w()), batch)
        .launchItems(Blocks.count(batch, lanes), src.c());
  }
}
