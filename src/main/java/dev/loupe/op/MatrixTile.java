package dev.loupe.op;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.ConvGeometry;
import java.util.Optional;

/**
 * The tile of a convolution's output that one work-group of {@code conv2d_matrix} computes on
 * matrix units.
 *
 * @param columns eights of output channels
 * @param rows rows that a warp holds
 * @param rowGroups warps above one another
 * @param steps steps of input channels in local memory at once
 * @param side steps that one instruction takes: 1 or 2
 */
record MatrixTile(int columns, int rows, int rowGroups, int steps, int side) {
  /** Words of input channels of one step. */
  static final int STEP_WORDS = 4;

  /** Lanes of the tile, and work-items of a warp. */
  static final int LANES = 32;

  /** Output channels of one instruction. */
  private static final int COLUMN_CHANNELS = 8;

  /** Sums that an item holds for a row of an eight of channels. */
  private static final int ROW_SUMS = 8;

  private static final int MOST_COLUMNS = 8;

  /** Steps beyond which an item would hold too many words while it loads them. */
  private static final int MOST_STEPS = 4;

  /**
   * The largest tile within {@code bounds}; empty where none is small enough, as for some windows
   * of 9x9.
   *
   * @param localBytes that the device grants a group
   * @param wordElements input channels in a word
   */
  static Optional<MatrixTile> of(
      Tuning.Matrix bounds, long localBytes, ConvTile.Problem problem, int wordElements) {
    int eights = ConvTile.blocks(problem.channelsOut(), COLUMN_CHANNELS);
    int columns = ConvTile.blocks(eights, ConvTile.blocks(eights, MOST_COLUMNS));
    int allSteps = ConvTile.blocks(problem.channelsIn(), STEP_WORDS * wordElements);
    long room = Math.min(localBytes, bounds.localBytes());
    for (int side = allSteps % 2 == 0 ? 2 : 1; side >= 1; side--) {
      int sums = ROW_SUMS * columns;
      int rows = Math.min(problem.height(), Math.max(1, bounds.accumulators() / sums));
      int warps = Math.min(bounds.items() / LANES, ConvTile.blocks(problem.height(), rows));
      for (; warps >= 1; warps--) {
        MatrixTile least = new MatrixTile(columns, rows, warps, side, side);
        int fitting = (int) (room / least.localBytes(problem)) * side;
        if (fitting > 0) {
          return Optional.of(least.withSteps(allSteps, Math.min(MOST_STEPS, fitting)));
        }
      }
    }
    return Optional.empty();
  }

  /** With as many steps at once as leave the last chunk fullest. */
  private MatrixTile withSteps(int all, int most) {
    int chunks = ConvTile.blocks(all, most);
    int even = (all + chunks - 1) / chunks;
    return new MatrixTile(columns, rows, rowGroups, ConvTile.roundUp(even, side), side);
  }

  /** Output channels. */
  int channels() {
    return columns * COLUMN_CHANNELS;
  }

  /** Work-items in the group. */
  int items() {
    return LANES * rowGroups;
  }

  /** Local memory of pixels and weights. */
  long localBytes(ConvTile.Problem problem) {
    ConvGeometry g = problem.geometry();
    long srcRows = ((long) rows * rowGroups - 1) * g.stride() + g.filterHeight();
    long srcLanes =
        problem.patches()
            ? (long) g.filterWidth() * LANES
            : (LANES - 1L) * g.stride() + g.filterWidth();
    long plane = (srcRows * srcLanes + 23) / 32 * 32 + 8; // SRC_PLANE of the kernel
    return (long) Float.BYTES * STEP_WORDS * steps * (plane + (long) g.taps() * channels());
  }
}
