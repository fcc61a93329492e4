package dev.loupe.op;

import dev.loupe.reference.BlockReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The sum over blocks of pixels, times a factor: patches (N, C, H, W) to (N, C, H / height, W /
 * width).
 *
 * @param height rows of a block
 * @param width columns of a block
 * @param scale factor
 */
public record BlockSum(int height, int width, float scale) implements Operator {
  @Override
  public String name() {
    return "block_sum";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType src = inputs.get(0);
    src.requirePatches(name());
    Shape s = src.shape();
    if (s.h() % height != 0 || s.w() % width != 0) {
      throw new IllegalArgumentException(
          "block_sum: blocks of %dx%d do not divide %s".formatted(width, height, s));
    }
    return src.withShape(s.withSize(s.h() / height, s.w() / width));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return BlockReference.sum(inputs.get(0), height, width, scale);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType dst = output.type();
    recorder
        .kernel(
            "gradient/blocks.cl",
            "block_sum",
            recorder.movingDefines().set("BLOCK_H", height).set("BLOCK_W", width))
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(dst.shape().w(), dst.lanes())
        .float32(scale)
        .launchOver(dst);
  }
}
