package dev.loupe.op;

import dev.loupe.reference.PixelUnshuffleReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * Space to depth, the gradient of {@link PixelShuffle}: patches (N, C, H * factor, W * factor) to
 * (N, C * factor * factor, H, W).
 *
 * @param factor at least 1
 */
public record PixelUnshuffle(int factor) implements Operator {
  @Override
  public String name() {
    return "pixel_unshuffle";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType src = inputs.get(0);
    src.requirePatches(name());
    Shape s = src.shape();
    if (s.h() % factor != 0 || s.w() % factor != 0) {
      throw new IllegalArgumentException(
          "pixel_unshuffle %d does not divide %s".formatted(factor, s));
    }
    return src.withShape(new Shape(s.n(), s.c() * factor * factor, s.h() / factor, s.w() / factor));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return PixelUnshuffleReference.forward(inputs.get(0), factor);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType dst = output.type();
    recorder
        .kernel(
            "gradient/pixel_unshuffle.cl",
            "pixel_unshuffle",
            recorder.movingDefines().set("FACTOR", factor))
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(dst.shape().w(), dst.lanes())
        .launchOver(dst);
  }
}
