package dev.loupe.op;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.FloatTensor;
import java.util.List;

/**
 * A convolution added to a sum in place: src (N, I, H, W) and sum (N, O, H', W') to {@code act(sum
 * + conv(src) + bias)}, which lies where sum lay.
 *
 * @param conv what is added, no gate
 */
public record AddedConv2d(Conv2d conv) implements Operator {
  private static final int SUM = 1;

  /** Checks that {@code conv} adds. */
  public AddedConv2d {
    if (conv.gate()) {
      throw new IllegalArgumentException(
          "conv2d %s is a gate; it multiplies and cannot be added"
              .formatted(conv.weights().name()));
    }
  }

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
