package dev.loupe.op;

import dev.loupe.tensor.Blocks;

/** The copy of rows of lanes from one tensor to another, channel by channel. */
public final class RowCopy {
  private RowCopy() {}

  /**
   * Records the copy of the first {@code lanes} lanes of every row of {@code src}.
   *
   * @param dst where row 0 of channel 0 goes; the lanes up to the next whole vector are overwritten
   *     too
   */
  public static void record(LaunchRecorder recorder, TensorView src, TensorView dst, int lanes) {
    TensorType type = src.type();
    int vector = recorder.tuning().movedLanes();
    recorder
        .kernel("shape/copy_rows.cl", "copy_rows", recorder.movingDefines())
        .tensor(src)
        .tensor(dst)
        .ints(lanes)
        .launchRows(Blocks.count(lanes, vector), type.rows(), type.shape().c());
  }
}
