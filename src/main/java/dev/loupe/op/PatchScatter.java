package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.PatchScatterReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * The scattering of refined patches over the frame, in place: frame (1, C, H, W), patches (batch,
 * C, patch, patch) and indices to the frame with the chosen cells replaced.
 *
 * @param patch side of a cell in pixels of the frame
 * @param first the first index taken
 */
public record PatchScatter(int patch, int first) implements Operator {
  @Override
  public String name() {
    return "patch_scatter";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    inputs.get(0).requireFrame(name());
    Shape frame = inputs.get(0).shape();
    Shape patches = inputs.get(1).shape();
    if (frame.c() != patches.c() || patches.h() != patch || patches.w() != patch) {
      throw new IllegalArgumentException(
          "patch_scatter: patches of %s do not fit cells of %d on %s"
              .formatted(patches, patch, frame));
    }
    return inputs.get(0);
  }

  @Override
  public int overwrites() {
    return 0;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    FloatTensor patches = inputs.get(1);
    int[] listed = Indices.fromTensor(inputs.get(2));
    int count = Math.min(patches.shape().n(), listed.length - first);
    Shape s = patches.shape();
    int each = (int) (s.elements() / s.n());
    FloatTensor taken =
        new FloatTensor(
            new Shape(count, s.c(), s.h(), s.w()), Arrays.copyOf(patches.data(), count * each));
    return PatchScatterReference.forward(
        inputs.get(0), taken, Arrays.copyOfRange(listed, first, first + count));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape frame = output.type().shape();
    int lanes = recorder.tuning().lanes();
    int batch = inputs.get(1).type().shape().n();
    int count = Math.min(batch, inputs.get(2).type().shape().w() - first);
    recorder
        .kernel(
            "select/patch_scatter.cl",
            "patch_scatter",
            new Defines().set("LANES", lanes).set("PATCH", patch))
        .tensor(inputs.get(1))
        .list(inputs.get(2))
        .tensor(output)
        .ints(frame.h(), frame.w(), first, count)
        .launchRows((count + lanes - 1) / lanes, patch, frame.c());
  }
}
