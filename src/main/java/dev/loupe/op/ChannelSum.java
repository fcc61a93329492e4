package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.ChannelSumReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The gradient of what channels share. Of biases: patches grad (N, C, H, W) to a row of C / group
 * sums. Of PReLU's slopes: grad and the activation's input, both (N, C, H, W), to a row of C /
 * group sums of grad * min(input, 0).
 *
 * @param group neighbouring channels that share one: the phases of a transposed convolution, or all
 *     channels of a single slope
 */
public record ChannelSum(int group) implements Operator {
  private static final String FILE = "gradient/channel_sum.cl";
  private static final String ENTRY = "channel_sum";

  @Override
  public String name() {
    return "channel_sum";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType grad = inputs.get(0);
    grad.requirePatches(name());
    if (grad.shape().c() % group != 0 || !inputs.get(inputs.size() - 1).equals(grad)) {
      throw new IllegalArgumentException(
          "channel_sum of groups of %d channels does not fit %s".formatted(group, inputs));
    }
    return PartialSums.row(grad.shape().c() / group);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return inputs.size() == 1
        ? ChannelSumReference.forward(inputs.get(0), group)
        : ChannelSumReference.slopes(inputs.get(0), inputs.get(1), group);
  }

  @Override
  public long scratchBytes(List<TensorType> inputs, TensorType output) {
    return PartialSums.bytesOverChannels(inputs.get(0).shape().c());
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType grad = inputs.get(0).type();
    Shape shape = grad.shape();
    PartialSums sums = PartialSums.overChannels(recorder.tuning(), grad.bytes(), shape.c());
    IntFunction<Defines> ofItems =
        size -> recorder.movingDefines().flag("SLOPES", inputs.size() == 2).set("ITEMS", size);
    int items = recorder.group(FILE, ENTRY, ofItems);
    recorder
        .kernel(FILE, ENTRY, ofItems.apply(items))
        .tensor(inputs.get(0))
        .tensor(inputs.get(inputs.size() - 1))
        .scratch()
        .ints(shape.h() * shape.w(), grad.lanes())
        .launch(sums.ofGroups(items));
    sums.addUp(recorder, group, output);
  }
}
