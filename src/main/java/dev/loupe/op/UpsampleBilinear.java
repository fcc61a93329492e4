package dev.loupe.op;

import dev.loupe.reference.UpsampleBilinearReference;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The bilinear resize, without antialiasing: (N, C, H, W) to (N, C, height, width), as PyTorch's
 * {@code interpolate(mode='bilinear', align_corners=False)}.
 *
 * @param height rows of the output
 * @param width columns of the output
 */
public record UpsampleBilinear(int height, int width) implements Operator {
  /** To the size of {@code other}. */
  public static UpsampleBilinear to(Shape other) {
    return new UpsampleBilinear(other.h(), other.w());
  }

  /** To {@code scale} times the size of {@code src}. */
  public static UpsampleBilinear times(int scale, Shape src) {
    return new UpsampleBilinear(src.h() * scale, src.w() * scale);
  }

  @Override
  public String name() {
    return "upsample_bilinear";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    return inputs.get(0).withShape(inputs.get(0).shape().withSize(height, width));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return UpsampleBilinearReference.forward(inputs.get(0), height, width);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    int in = inputs.get(0).shape().h();
    return new RowWindow(2 * in, 2 * height, in - height, 2);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape src = inputs.get(0).type().shape();
    TensorType dst = output.type();
    boolean patches = dst.layout() == Layout.PATCHES;
    int lanes = recorder.tuning().movedLanes();
    recorder
        .kernel("shape/upsample_bilinear.cl", "upsample_bilinear", recorder.movingDefines(dst))
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(src.h(), src.w(), height, width, dst.lanes())
        .launchRows(patches ? Blocks.count(dst.lanes(), lanes) : dst.lanes(), dst.rows(), src.c());
  }
}
