package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.CropsToTensorReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The reading of a batch of crops: 8-bit samples (1, N, C * H, W) in the layout PIXELS8, that is
 * planar with the batch innermost, to patches (N, C * factor * factor, H / factor, W / factor).
 *
 * @param channels C
 * @param factor by which pictures are shuffled apart into sub-pixel phases, 1 for not at all
 * @param range the value of white
 */
public record CropsToTensor(int channels, int factor, float range) implements Operator {
  private static final float WHITE = 255;

  /** The type of a batch of {@code n} crops before it is read. */
  public static TensorType crops(int n, int channels, int height, int width) {
    return new TensorType(new Shape(1, n, channels * height, width), Layout.PIXELS8);
  }

  @Override
  public String name() {
    return "crops_to_tensor";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    Shape in = inputs.get(0).shape();
    int height = in.h() / channels;
    if (inputs.get(0).layout() != Layout.PIXELS8
        || in.h() % channels != 0
        || height % factor != 0
        || in.w() % factor != 0) {
      throw new IllegalArgumentException(
          "crops_to_tensor of %d channels by %d does not fit %s"
              .formatted(channels, factor, inputs.get(0)));
    }
    int phases = channels * factor * factor;
    return new TensorType(
        new Shape(in.c(), phases, height / factor, in.w() / factor), Layout.PATCHES);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return CropsToTensorReference.forward(inputs.get(0), channels, factor, range);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape dst = output.type().shape();
    Defines defines = recorder.defines().set("FACTOR", factor);
    recorder
        .kernel("image/crops_to_tensor.cl", "crops_to_tensor", defines)
        .list(inputs.get(0))
        .tensor(output)
        .ints(dst.h(), dst.w(), dst.n())
        .float32(range / WHITE)
        .launchWhole(dst.n(), dst.plane(), dst.c());
  }
}
