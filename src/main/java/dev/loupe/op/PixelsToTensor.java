package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.PixelsToTensorReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The conversion of samples to a tensor: pixels (1, 1 or 3, H, W), 8 or 16 bit, to (1, 3, H, W) of
 * 0 to {@code range}; gray fills all three channels.
 *
 * @param range the value of white: 1, or 255 for checkpoints trained so
 */
public record PixelsToTensor(float range) implements Operator {
  @Override
  public String name() {
    return "pixels_to_tensor";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType pixels = inputs.get(0);
    Shape src = pixels.shape();
    if (src.c() != 1 && src.c() != 3) {
      throw new IllegalArgumentException(
          "pixels_to_tensor takes 1 or 3 samples a pixel, not " + src.c());
    }
    return new TensorType(src.withChannels(3), Layout.FRAME, pixels.precision());
  }

  static float peak(Layout layout) {
    return layout == Layout.PIXELS16 ? 65535f : 255f;
  }

  static String sampleType(Layout layout) {
    return layout == Layout.PIXELS16 ? "ushort" : "uchar";
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return PixelsToTensorReference.forward(inputs.get(0), range);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.SAME;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType src = inputs.get(0).type();
    Defines defines =
        recorder
            .defines()
            .set("SAMPLES", src.shape().c())
            .set("SAMPLE_TYPE", sampleType(src.layout()))
            .set("SCALE", range / peak(src.layout()));
    recorder
        .kernel("image/pixels_to_tensor.cl", "pixels_to_tensor", defines)
        .list(inputs.get(0))
        .tensor(output)
        .ints(src.shape().w())
        .launchRows(src.shape().w(), src.shape().h(), 3);
  }
}
