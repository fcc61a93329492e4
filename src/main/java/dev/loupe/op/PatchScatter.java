package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.PatchScatterReference;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The scattering of refined patches over the frame, in place: frame (1, C, H, W), patches (K, C,
 * patch, patch) and K indices, ascending, to the frame with the chosen cells replaced.
 *
 * @param patch side of a cell in pixels of the frame
 */
public record PatchScatter(int patch) implements Operator {
  @Override
  public String name() {
    return "patch_scatter";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    inputs.get(0).requireFrame(name());
    Shape frame = inputs.get(0).shape();
    Shape patches = inputs.get(1).shape();
    int listed = inputs.get(2).shape().w();
    if (patches.n() != listed) {
      throw new IllegalArgumentException(
          "patch_scatter: %d indices for %d patches".formatted(listed, patches.n()));
    }
    if (frame.c() != patches.c() || patches.h() != patch || patches.w() != patch) {
      throw new IllegalArgumentException(
          "patch_scatter: patches of %s do not fit cells of %d on %s"
              .formatted(patches, patch, frame));
    }
    return inputs.get(0);
  }

  @Override
  public int overwrites() {
    return 0;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    int[] listed = Indices.fromTensor(inputs.get(2));
    return PatchScatterReference.forward(inputs.get(0), inputs.get(1), listed);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return index == 0 ? RowWindow.SAME : RowWindow.ALL;
  }

  @Override
  public int bandStep(List<TensorType> inputs, TensorType output) {
    return patch;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape frame = output.type().shape();
    int cellsWide = Blocks.count(frame.w(), patch);
    int cellsHigh = Blocks.count(frame.h(), patch);
    Defines defines = recorder.defines().set("PATCH", patch);
    KernelCall call =
        recorder
            .kernel("select/patch_scatter.cl", "patch_scatter", defines)
            .tensor(inputs.get(1))
            .list(inputs.get(2))
            .tensor(output)
            .ints(frame.h(), frame.w(), inputs.get(2).type().shape().w());
    call.launchRows(call.shared(cellsWide, cellsHigh, frame.c()), 1, patch);
  }
}
