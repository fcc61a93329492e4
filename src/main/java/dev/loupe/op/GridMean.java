package dev.loupe.op;

import dev.loupe.reference.GridMeanReference;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The mean over each cell of the patch grid: (1, C, H, W) to (1, C, ceil(H / patch), ceil(W /
 * patch)); partial cells average their real pixels (docs/networks.md section 0, decision 5).
 *
 * @param patch side of a cell in pixels
 */
public record GridMean(int patch) implements Operator {
  @Override
  public String name() {
    return "grid_mean";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    Shape src = inputs.get(0).shape();
    int height = Blocks.count(src.h(), patch);
    return inputs.get(0).withShape(src.withSize(height, Blocks.count(src.w(), patch)));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return GridMeanReference.forward(inputs.get(0), patch);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return new RowWindow(patch, 1, 0, patch);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    inputs.get(0).type().requireFrame(name());
    Shape src = inputs.get(0).type().shape();
    Shape dst = output.type().shape();
    recorder
        .kernel("pool/grid_mean.cl", "grid_mean", recorder.defines().set("PATCH", patch))
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(src.h(), src.w())
        .launchRows(dst.w(), dst.h(), dst.c());
  }
}
