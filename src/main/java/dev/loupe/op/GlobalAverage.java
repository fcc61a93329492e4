package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.opencl.NdRange;
import dev.loupe.reference.GlobalAverageReference;
import dev.loupe.tensor.Blocks;
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
  private static final int MOST_SLICES = 32;
  private static final int LEAST_ROWS = 8;

  @Override
  public String name() {
    return "global_average";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    return inputs.get(0).withShape(inputs.get(0).shape().withSize(1, 1));
  }

  @Override
  public long scratchBytes(List<TensorType> inputs, TensorType output) {
    TensorType src = inputs.get(0);
    return src.layout() == Layout.PATCHES
        ? 0
        : (long) Float.BYTES * src.shape().c() * slices(src.shape());
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return GlobalAverageReference.forward(inputs.get(0));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType src = inputs.get(0).type();
    IntFunction<Defines> ofGroup = size -> recorder.defines().set("ITEMS", size);
    if (src.layout() == Layout.FRAME) {
      recordSlices(recorder, inputs.get(0), output, ofGroup);
      return;
    }
    int lanes = recorder.tuning().lanes();
    recorder
        .kernel(FILE, "global_average_patches", ofGroup.apply(recorder.tuning().reduceGroup()))
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(Math.toIntExact(src.rows()), src.lanes())
        .launchItems(Blocks.count(src.lanes(), lanes), src.shape().c());
  }

  private static int slices(Shape shape) {
    return Math.max(1, Math.min(MOST_SLICES, shape.h() / LEAST_ROWS));
  }

  private static void recordSlices(
      LaunchRecorder recorder, TensorView src, TensorView dst, IntFunction<Defines> ofGroup) {
    Shape shape = src.type().shape();
    int slices = slices(shape);
    String entry = "global_average_slices";
    int group = recorder.group(FILE, entry, ofGroup);
    recorder
        .kernel(FILE, entry, ofGroup.apply(group))
        .tensor(src)
        .scratch()
        .ints(shape.h(), shape.w())
        .launch(NdRange.global(group, shape.c(), slices).local(group, 1, 1));
    recorder
        .kernel(FILE, "global_average", ofGroup.apply(group))
        .scratch()
        .tensor(dst)
        .ints(shape.c(), slices, shape.h(), shape.w())
        .launchItems(shape.c(), 1);
  }
}
