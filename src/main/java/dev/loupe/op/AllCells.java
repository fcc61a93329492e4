package dev.loupe.op;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The selection of every cell, 0 to cells - 1, for the variant that refines them all; takes no
 * input.
 *
 * @param cells how many
 */
public record AllCells(int cells) implements Operator {
  @Override
  public String name() {
    return "all_cells";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    return new TensorType(new Shape(1, 1, 1, cells), Layout.INDICES);
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return Indices.toTensor(IntStream.range(0, cells).toArray());
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    int group = recorder.tuning().reduceGroup();
    recorder
        .kernel("select/top_k.cl", "all_cells", recorder.defines().set("GROUP", group))
        .list(output)
        .ints(cells)
        .launchItems(cells, 1);
  }
}
