package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.Conv2dReference;
import dev.loupe.reference.PositionwiseConvReference;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The position-wise dynamic convolution of the mask: (1, 1, H, W) to the same, each cell filtered
 * by taps that a 1x1 convolution makes from the cell itself (docs/networks.md section 3).
 *
 * @param weights (filter * filter, 1, 1, 1)
 * @param bias (1, filter * filter, 1, 1)
 * @param filter side of the filter, odd
 */
public record PositionwiseConv(Parameter weights, Parameter bias, int filter) implements Operator {
  @Override
  public String name() {
    return "positionwise_conv";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    if (inputs.get(0).shape().c() != 1) {
      throw new IllegalArgumentException(
          "positionwise_conv takes one channel, not " + inputs.get(0).shape());
    }
    return inputs.get(0);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    FloatTensor mask = inputs.get(0);
    FloatTensor filters =
        Conv2dReference.forward(
            mask, weights.value(), bias.value(), ConvGeometry.same(1), Activation.NONE, null, null);
    return PositionwiseConvReference.forward(filters, mask);
  }

  @Override
  public Cost cost(List<TensorType> inputs, TensorType output) {
    long taps = output.shape().elements() * filter * filter;
    // The paper's counter sees the convolution that makes the taps, not the sum weighted by them.
    return new Cost(taps, 2 * taps, 2 * taps);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return new RowWindow(1, 1, -(filter / 2), filter);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    inputs.get(0).type().requireFrame(name());
    Shape shape = output.type().shape();
    Defines defines = recorder.defines().set("FILTER", filter);
    recorder
        .kernel("conv/positionwise_conv.cl", "positionwise_conv", defines)
        .tensor(inputs.get(0))
        .buffer(recorder.weights(weights))
        .buffer(recorder.weights(bias))
        .tensor(output)
        .ints(shape.h(), shape.w())
        .launchRows(output.type().vectors(recorder.tuning().lanes()), shape.h(), 1);
  }
}
