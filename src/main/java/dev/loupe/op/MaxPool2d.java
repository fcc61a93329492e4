package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.MaxPool2dReference;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The largest value under each position of a window: (N, C, H, W) to (N, C, floor((H - filter) /
 * stride) + 1, floor((W - filter) / stride) + 1), without padding.
 *
 * @param filter side of the window, at least 1
 * @param stride step of the window, at least 1
 */
public record MaxPool2d(int filter, int stride) implements Operator {
  @Override
  public String name() {
    return "max_pool2d";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    Shape src = inputs.get(0).shape();
    ConvGeometry geometry = new ConvGeometry(filter, filter, stride, 0);
    int height = geometry.outputHeight(src.h());
    int width = geometry.outputWidth(src.w());
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "max_pool2d: the input %s is smaller than the %dx%d window"
              .formatted(src, filter, filter));
    }
    return inputs.get(0).withShape(src.withSize(height, width));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return MaxPool2dReference.forward(inputs.get(0), filter, stride);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.of(new ConvGeometry(filter, filter, stride, 0));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorType dst = output.type();
    Defines defines = recorder.defines(dst).set("FILTER", filter).set("STRIDE", stride);
    recorder
        .kernel("pool/max_pool2d.cl", "max_pool2d", defines)
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(inputs.get(0).type().shape().w(), dst.shape().w(), dst.lanes())
        .launchRows(dst.lanes(), dst.rows(), dst.shape().c());
  }
}
