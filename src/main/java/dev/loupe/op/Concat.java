package dev.loupe.op;

import dev.loupe.reference.ConcatReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The concatenation along channels: sources (N, C_i, H, W) to (N, sum of C_i, H, W). A source that
 * the memory plan has placed where it ends up is not copied.
 */
public record Concat() implements Operator {
  @Override
  public String name() {
    return "concat";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType first = inputs.get(0);
    int channels = 0;
    for (TensorType src : inputs) {
      Shape shape = src.shape();
      if (!src.withShape(shape.withChannels(first.shape().c())).equals(first)) {
        throw new IllegalArgumentException(
            "concat: %s and %s differ in more than channels".formatted(first, src));
      }
      channels += shape.c();
    }
    return first.withShape(first.shape().withChannels(channels));
  }

  @Override
  public boolean concatenates() {
    return true;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return ConcatReference.forward(inputs.toArray(FloatTensor[]::new));
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.SAME;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    long offset = output.offset();
    for (TensorView src : inputs) {
      TensorView place = new TensorView(output.buffer(), offset, src.type(), output.plane());
      if (!place.equals(src)) {
        RowCopy.record(recorder, src, place, src.type().lanes());
      }
      offset += output.plane() * src.type().shape().c();
    }
  }
}
