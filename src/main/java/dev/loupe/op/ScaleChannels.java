package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.AddReference;
import dev.loupe.reference.MultiplyReference;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * The end of a channel attention block, {@code residual + src * scales}: src (N, C, H, W), scales
 * (N, C, 1, 1) and residual (N, C, H, W) to the same.
 */
public record ScaleChannels() implements Operator {
  @Override
  public String name() {
    return "scale_channels";
  }

  /** In place: of RCAN's six tensors of a frame's size at a time, five are left. */
  @Override
  public int overwrites() {
    return 0;
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType src = inputs.get(0);
    if (!inputs.get(1).equals(src.withShape(src.shape().withSize(1, 1)))
        || !inputs.get(2).equals(src)) {
      throw new IllegalArgumentException(
          "scale_channels: scales %s and residual %s do not fit %s"
              .formatted(inputs.get(1), inputs.get(2), src));
    }
    return src;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return AddReference.forward(
        inputs.get(2), MultiplyReference.forward(inputs.get(0), inputs.get(1)));
  }

  @Override
  public Cost cost(List<TensorType> inputs, TensorType output) {
    long macs = output.shape().elements();
    return new Cost(0, macs, macs);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return index == 1 ? RowWindow.ALL : RowWindow.SAME;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType type = output.type();
    Defines defines = recorder.movingDefines(type);
    recorder
        .kernel("pointwise/scale_channels.cl", "scale_channels", defines)
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .tensor(inputs.get(2))
        .tensor(output)
        .ints(type.lanes())
        .launchRowsOver(type);
  }
}
