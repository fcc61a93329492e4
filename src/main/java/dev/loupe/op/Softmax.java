package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.SoftmaxReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * One channel of the softmax over channels: (1, C, H, W) to (1, 1, H, W).
 *
 * @param keep the channel that is kept
 */
public record Softmax(int keep) implements Operator {
  @Override
  public String name() {
    return "softmax";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    return inputs.get(0).withShape(inputs.get(0).shape().withChannels(1));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    FloatTensor all = SoftmaxReference.forward(inputs.get(0));
    Shape shape = all.shape().withChannels(1);
    int plane = (int) shape.plane();
    return new FloatTensor(shape, Arrays.copyOfRange(all.data(), keep * plane, (keep + 1) * plane));
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.SAME;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    inputs.get(0).type().requireFrame(name());
    Shape shape = inputs.get(0).type().shape();
    Defines defines = recorder.movingDefines().set("CHANNELS", shape.c()).set("KEEP", keep);
    recorder
        .kernel("pointwise/softmax.cl", "softmax", defines)
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(shape.w())
        .launchRowsOver(output.type());
  }
}
