package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.opencl.NdRange;
import dev.loupe.reference.GlobalAverageReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The mean of each channel of a frame, or of each patch: (N, C, H, W) to (N, C, 1, 1), summed in
 * fp32 in a fixed order.
 */
public record GlobalAverage() implements Operator {
  private static final String FILE = "pool/global_average.cl";

  @Override
  public String name() {
    return "global_average";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    return inputs.get(0).withShape(inputs.get(0).shape().withSize(1, 1));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return GlobalAverageReference.forward(inputs.get(0));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType src = inputs.get(0).type();
    Shape shape = src.shape();
    int lanes = recorder.tuning().lanes();
    int most = recorder.tuning().selectGroup();
    IntFunction<Defines> ofGroup = size -> recorder.defines().set("GROUP", size);
    if (src.layout() == Layout.PATCHES) {
      recorder
          .kernel(FILE, "global_average_patches", ofGroup.apply(most))
          .tensor(inputs.get(0))
          .tensor(output)
          .ints(Math.toIntExact(src.rows()), src.lanes())
          .launchItems((src.lanes() + lanes - 1) / lanes, shape.c());
    } else {
      int group = recorder.group(FILE, "global_average", most, ofGroup);
      recorder
          .kernel(FILE, "global_average", ofGroup.apply(group))
          .tensor(inputs.get(0))
          .tensor(output)
          .ints(shape.h(), shape.w())
          .launch(NdRange.global(group, shape.c(), 1).local(group, 1, 1));
    }
  }
}
