package dev.loupe.op;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * The selection of cells that were listed beforehand; takes no input. Lists are kept as floats,
 * exact up to 2^24 cells.
 *
 * @param cells (1, 1, 1, K) raster indices, ascending
 */
public record ListedCells(FloatTensor cells) implements Operator {
  /** {@code k} of {@code cells} cells, each set as likely as any other. */
  public static ListedCells random(int k, int cells, long seed) {
    int[] shuffled = IntStream.range(0, cells).toArray();
    Random random = new Random(seed);
    for (int i = 0; i < k; i++) {
      int other = i + random.nextInt(cells - i);
      int cell = shuffled[other];
      shuffled[other] = shuffled[i];
      shuffled[i] = cell;
    }
    return new ListedCells(Indices.toTensor(IntStream.of(shuffled).limit(k).sorted().toArray()));
  }

  @Override
  public String name() {
    return "listed_cells";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    return new TensorType(new Shape(1, 1, 1, cells.shape().w()), Layout.INDICES);
  }

  @Override
  public long weightBytes(Tuning tuning, TensorType output) {
    return (long) Float.BYTES * cells.shape().w();
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return cells;
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    int count = cells.shape().w();
    recorder
        .kernel("select/listed_cells.cl", "listed_cells", recorder.defines())
        .buffer(recorder.constant(cells.data()))
        .list(output)
        .ints(count)
        .launchItems(count, 1);
  }
}
