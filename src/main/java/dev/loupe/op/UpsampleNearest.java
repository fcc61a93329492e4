package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.UpsampleNearestReference;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The enlargement that repeats pixels: (N, C, H, W) to (N, C, H * scale, W * scale).
 *
 * @param scale at least 1
 */
public record UpsampleNearest(int scale) implements Operator {
  @Override
  public String name() {
    return "upsample_nearest";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    Shape src = inputs.get(0).shape();
    return inputs.get(0).withShape(src.withSize(src.h() * scale, src.w() * scale));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return UpsampleNearestReference.forward(inputs.get(0), scale);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.enlarged(scale);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType src = inputs.get(0).type();
    boolean patches = src.layout() == Layout.PATCHES;
    int lanes = recorder.tuning().movedLanes();
    Defines defines = recorder.movingDefines(src).set("SCALE", scale);
    recorder
        .kernel("shape/upsample_nearest.cl", "upsample_nearest", defines)
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(src.shape().w(), src.lanes())
        .launchRows(
            patches ? Blocks.count(src.lanes(), lanes) : src.lanes(),
            output.type().rows(),
            src.shape().c());
  }
}
