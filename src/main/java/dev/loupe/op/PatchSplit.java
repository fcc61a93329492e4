package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.PatchSplitReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The cutting of a batch of crops into all their patches: (N, C, H, W) to (cells * N, C, patch + 2
 * * halo, patch + 2 * halo), patch {@code cell * N + n} from crop n, zeros outside the crop.
 *
 * @param patch side of a cell; the crops' sides are multiples of it
 * @param halo ring around it
 */
public record PatchSplit(int patch, int halo) implements Operator {
  static final String FILE = "select/patch_split.cl";

  @Override
  public String name() {
    return "patch_split";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType crops = inputs.get(0);
    crops.requirePatches(name());
    Shape s = crops.shape();
    if (s.h() % patch != 0 || s.w() % patch != 0) {
      throw new IllegalArgumentException(
          "patch_split: crops of %dx%d are no multiple of patches of %d"
              .formatted(s.w(), s.h(), patch));
    }
    int cells = (s.h() / patch) * (s.w() / patch);
    int size = patch + 2 * halo;
    return crops.withShape(new Shape(cells * s.n(), s.c(), size, size));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return PatchSplitReference.split(inputs.get(0), patch, halo);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape crops = inputs.get(0).type().shape();
    int cells = output.type().shape().n() / crops.n();
    recorder
        .kernel(FILE, "patch_split", defines(recorder, patch, halo))
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(crops.h(), crops.w(), crops.n())
        .launchWhole(cells, output.type().rows(), crops.c());
  }

  static Defines defines(LaunchRecorder recorder, int patch, int halo) {
    return recorder.defines().set("PATCH", patch).set("HALO", halo);
  }
}
