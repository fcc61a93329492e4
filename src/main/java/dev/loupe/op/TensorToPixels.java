package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.TensorToPixelsReference;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The conversion of a picture to samples: (1, 3 * factor * factor, H, W) of 0 to {@code range} to
 * pixels (1, samples, H * factor, W * factor), shuffled, clamped and rounded half to even. NaN and
 * infinity raise {@link LaunchRecorder#NOT_FINITE}.
 *
 * @param factor of the pixel shuffle, 1 for none
 * @param range the value of white
 * @param samples 3, or 1 for the luma
 * @param layout PIXELS8 or PIXELS16
 */
public record TensorToPixels(int factor, float range, int samples, Layout layout)
    implements Operator {
  @Override
  public String name() {
    return "tensor_to_pixels";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    inputs.get(0).requireFrame(name());
    Shape src = inputs.get(0).shape();
    if (src.c() != 3 * factor * factor) {
      throw new IllegalArgumentException(
          "tensor_to_pixels: %d channels are not 3 * %d * %d".formatted(src.c(), factor, factor));
    }
    return new TensorType(Shape.frame(samples, src.h() * factor, src.w() * factor), layout);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return TensorToPixelsReference.forward(
        inputs.get(0), factor, range, samples, PixelsToTensor.peak(layout));
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.enlarged(factor);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape src = inputs.get(0).type().shape();
    int lanes = recorder.tuning().lanes();
    Defines defines =
        recorder
            .defines()
            .set("FACTOR", factor)
            .set("SAMPLES", samples)
            .set("SAMPLE_TYPE", PixelsToTensor.sampleType(layout))
            .set("PEAK", (int) PixelsToTensor.peak(layout))
            .set("SCALE", PixelsToTensor.peak(layout) / range);
    recorder
        .kernel("image/tensor_to_pixels.cl", "tensor_to_pixels", defines)
        .tensor(inputs.get(0))
        .list(output)
        .buffer(recorder.status())
        .ints(src.w())
        .launchRows(Blocks.count(src.w(), lanes), output.type().shape().h(), 1);
  }
}
