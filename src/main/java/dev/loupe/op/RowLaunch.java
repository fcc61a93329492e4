package dev.loupe.op;

import dev.loupe.opencl.Launch;
import dev.loupe.opencl.LaunchPart;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.Blocks;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A launch that can run band by band: some rows of its output at a time, its tensors being windows
 * that slide over the rows.
 *
 * @param launch the launch over all rows
 * @param dimension the dimension of its range along which rows lie, or -1 if it runs only whole
 * @param rowsPerItem rows of the output to one step along that dimension
 * @param firstRow place of the argument {@code first_row}
 * @param endRow place of the argument {@code end_row}, or -1 if the kernel makes all rows of a step
 * @param offsets the arguments that say where tensors begin
 */
public record RowLaunch(
    Launch launch, int dimension, int rowsPerItem, int firstRow, int endRow, List<Offset> offsets) {
  /**
   * An argument that says where a tensor begins.
   *
   * @param argument its place
   * @param view the tensor
   */
  public record Offset(int argument, TensorView view) {}

  /** A launch that runs only whole. */
  static RowLaunch whole(Launch launch) {
    return new RowLaunch(launch, -1, 1, -1, -1, List.of());
  }

  /**
   * The launch over rows {@code rows} of its output.
   *
   * @param offset where row 0 of each tensor lies, or would lie if its window held it
   * @throws IllegalStateException if the launch runs only whole
   */
  public LaunchPart part(Rows rows, ToLongFunction<Offset> offset) {
    if (dimension < 0) {
      throw new IllegalStateException(launch.name() + " does not run band by band");
    }
    long[] global = launch.range().global().stream().mapToLong(Long::longValue).toArray();
    global[dimension] = Blocks.count(rows.count(), rowsPerItem);
    NdRange range = NdRange.global(global);
    if (!launch.range().local().isEmpty()) {
      long[] local = launch.range().local().stream().mapToLong(Long::longValue).toArray();
      local[dimension] = NdRange.divisor(global[dimension], local[dimension]);
      range = range.local(local);
    }
    LaunchPart part = launch.part(range).int32(firstRow, rows.first());
    if (endRow >= 0) {
      part = part.int32(endRow, rows.end());
    }
    for (Offset each : offsets) {
      part = part.int64(each.argument(), offset.applyAsLong(each));
    }
    return part;
  }
}
