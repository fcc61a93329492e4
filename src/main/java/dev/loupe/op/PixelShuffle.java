package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.PixelShuffleReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The pixel shuffle (depth to space): (N, C * factor * factor, H, W) to (N, C, H * factor, W *
 * factor).
 *
 * @param factor at least 2
 */
public record PixelShuffle(int factor) implements Operator {
  @Override
  public String name() {
    return "pixel_shuffle";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    Shape src = inputs.get(0).shape();
    if (src.c() % (factor * factor) != 0) {
      throw new IllegalArgumentException(
          "pixel_shuffle %d: %d channels are no multiple of %d"
              .formatted(factor, src.c(), factor * factor));
    }
    int channels = src.c() / (factor * factor);
    return inputs
        .get(0)
        .withShape(new Shape(src.n(), channels, src.h() * factor, src.w() * factor));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return PixelShuffleReference.forward(inputs.get(0), factor);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.enlarged(factor);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorView src = inputs.get(0);
    Defines defines = recorder.defines(src.type()).set("FACTOR", factor);
    recorder
        .kernel("shape/pixel_shuffle.cl", "pixel_shuffle", defines)
        .tensor(src)
        .tensor(output)
        .ints(src.type().shape().w(), src.type().lanes())
        .launchRows(src.type().lanes(), output.type().rows(), output.type().shape().c());
  }
}
