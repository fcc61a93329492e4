package dev.loupe.op;

import dev.loupe.opencl.NdRange;
import dev.loupe.reference.TopKReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The exact selection of the K largest cells: mask (1, 1, H, W) to K raster indices, ascending,
 * ties to the lowest index. NaN, which has no rank, raises {@link LaunchRecorder#NOT_FINITE}.
 *
 * @param k how many, at least 1; must not exceed the cells
 */
public record TopK(int k) implements Operator {
  private static final String FILE = "select/top_k.cl";

  @Override
  public String name() {
    return "top_k";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    inputs.get(0).requireFrame(name());
    Shape mask = inputs.get(0).shape();
    if (mask.c() != 1 || k < 1 || k > mask.plane()) {
      throw new IllegalArgumentException(
          "top_k: K = %d does not fit a mask of %s".formatted(k, mask));
    }
    return new TensorType(new Shape(1, 1, 1, k), Layout.INDICES);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return Indices.toTensor(TopKReference.forward(inputs.get(0), k));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape mask = inputs.get(0).type().shape();
    int group = recorder.group(FILE, "top_k", size -> recorder.defines().set("GROUP", size));
    recorder
        .kernel(FILE, "top_k", recorder.defines().set("GROUP", group))
        .tensor(inputs.get(0))
        .list(output)
        .buffer(recorder.status())
        .ints(mask.h(), mask.w(), k)
        .launch(NdRange.global(group, 1, 1).local(group, 1, 1));
  }
}
