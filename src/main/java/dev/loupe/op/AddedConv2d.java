package dev.loupe.op;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * A convolution added to a sum in place: src and sum to sum + conv(src), and its activation.
 *
 * @param conv what is added, without a gate
 */
public record AddedConv2d(Conv2d conv) implements Operator {
  private static final int SUM = 1;

  @Override
  public String name() {
    return conv.name();
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    return conv.output(inputs);
  }

  @Override
  public int overwrites() {
    return SUM;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return conv.reference(inputs);
  }

  @Override
  public Cost cost(List<TensorType> inputs, TensorType output) {
    return conv.cost(inputs, output);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return conv.rows(index, inputs, output);
  }

  @Override
  public int bandStep(List<TensorType> inputs, TensorType output) {
    return conv.bandStep(inputs, output);
  }

  @Override
  public long weightBytes(Tuning tuning, TensorType output) {
    return conv.weightBytes(tuning, output);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    conv.record(recorder, inputs, output);
  }
}
