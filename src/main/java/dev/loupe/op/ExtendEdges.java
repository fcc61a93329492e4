package dev.loupe.op;

import dev.loupe.reference.ExtendEdgesReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * A frame at another size with its top left corner kept: (1, C, H, W) to (1, C, height, width); the
 * last row and column are repeated where it grows, and cut where it shrinks.
 *
 * @param height rows of the output
 * @param width columns of the output
 */
public record ExtendEdges(int height, int width) implements Operator {
  @Override
  public String name() {
    return "extend_edges";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    inputs.get(0).requireFrame(name());
    return inputs.get(0).withShape(inputs.get(0).shape().withSize(height, width));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return ExtendEdgesReference.forward(inputs.get(0), height, width);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return RowWindow.SAME;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape src = inputs.get(0).type().shape();
    recorder
        .kernel("shape/extend_edges.cl", "extend_edges", recorder.defines())
        .tensor(inputs.get(0))
        .tensor(output)
        .ints(src.h(), src.w(), width)
        .launchRows(width, height, src.c());
  }
}
