package dev.loupe.op;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

  /** Lanes of one instruction, over its rows. */
  private static final int LANE_TILES = LANES / 16;

  /** Sums that an item holds of a matrix. */
  private static final int SUMS = 4;

  private static final int MOST_COLUMNS = 8;
  private static final int MOST_STEPS = 4;

  /** Warps that a processor should hold: a quarter of what it could. */
  private static final int LEAST_WARPS = 16;

  /**
   * Local memory of an NVIDIA H100's processor, of which each group takes 1 KB more than it asks.
   */
  private static final int LOCAL_BYTES = 227 << 10;

  private static final int GROUP_BYTES = 1 << 10;

  /**
   * Sums, pixels and words on their way that an item may hold; ptxas then takes 128 registers at
   * most (.ci/gpu-report), and sixteen warps fit a processor.
   */
  private static final int MOST_REGISTERS = 112;

  /** Cycles of an H100's processor for an instruction on matrix units; a word takes one. */
  private static final double PRODUCT = 0.75;

  /** Cycles for a row of pixels or for all weights, over those of an instruction. */
  private static final double LOAD = 0.3;

  /**
   * The tile that takes the least time by {@link #cost} within {@code bounds}; empty where none is
   * small enough, as for some windows of 9x9. Of all tiles a processor can hold {@link
   * #LEAST_WARPS}.
   *
   * @param localBytes that the device grants a group
   * @param wordElements input channels in a word
   */
  static Optional<MatrixTile> of(
      Tuning.Matrix bounds, long localBytes, ConvTile.Problem problem, int wordElements) {
    int allSteps = Blocks.count(problem.channelsIn(), STEP_WORDS * wordElements);
    long room = Math.min(localBytes, bounds.localBytes());
    Optional<MatrixTile> best = Optional.empty();
    for (int side = allSteps % 2 == 0 ? 2 : 1; side >= 1 && best.isEmpty(); side--) {
      best =
          candidates(bounds, problem, side)
              .flatMap(tile -> tile.deepest(allSteps, room, problem, wordElements))
              .min(Comparator.comparingDouble(tile -> tile.cost(problem)));
    }
    return best;
  }

  /** Groups of 1, 2, 4... warps: powers of two, so that whole groups fill a processor. */
  private static Stream<MatrixTile> candidates(
      Tuning.Matrix bounds, ConvTile.Problem problem, int side) {
    int eights = Blocks.count(problem.channelsOut(), COLUMN_CHANNELS);
    int columns = Blocks.count(eights, Blocks.count(eights, MOST_COLUMNS));
    int most = Math.max(1, bounds.accumulators() / (SUMS * LANE_TILES * columns));
    Stream.Builder<MatrixTile> all = Stream.builder();
    for (int rows = 1; rows <= Math.min(most, problem.height()); rows++) {
      for (int warps = 1; warps <= bounds.items() / LANES; warps *= 2) {
        all.add(new MatrixTile(columns, rows, warps, side, side));
      }
    }
    return all.build();
  }

  /** With as many steps at once as fit, and of those as leave the last chunk fullest. */
  private Stream<MatrixTile> deepest(
      int allSteps, long room, ConvTile.Problem problem, int wordElements) {
    return IntStream.rangeClosed(1, MOST_STEPS / side)
        .map(sides -> sides * side)
        .mapToObj(fitting -> new MatrixTile(columns, rows, rowGroups, fitting, side))
        .map(tile -> tile.evenly(allSteps))
        .filter(tile -> tile.localBytes(problem) <= Math.min(room, tile.share()))
        .filter(tile -> tile.registers(problem, wordElements) <= MOST_REGISTERS)
        .max(Comparator.comparingInt(MatrixTile::steps))
        .stream();
  }

  private MatrixTile evenly(int allSteps) {
    int chunks = Blocks.count(allSteps, steps);
    int even = Blocks.count(allSteps, chunks);
    return new MatrixTile(columns, rows, rowGroups, Blocks.roundUp(even, side), side);
  }

  /** Cycles for an instruction, with its share of loads and padding. */
  private double cost(ConvTile.Problem problem) {
    ConvGeometry g = problem.geometry();
    int tileRows = rows * rowGroups;
    double padding = (double) Blocks.roundUp(problem.height(), tileRows) / problem.height();
    double products = (double) LANE_TILES * rows * columns * g.taps();
    double words = (double) g.filterWidth() * column(g) + (double) g.taps() * columns;
    double loaded = (double) (tileRows * g.stride() + g.filterHeight() - g.stride()) / tileRows;
    return padding * (Math.max(PRODUCT, words / products) + LOAD * (loaded + 1.0 / rowGroups));
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
    long plane = Blocks.roundUp(srcPixels(problem) - 8, 32) + 8; // SRC_PLANE of the kernel
    long weights = (long) problem.geometry().taps() * channels();
    return Float.BYTES * (plane + weights) * STEP_WORDS * steps;
  }

  private long srcPixels(ConvTile.Problem problem) {
    ConvGeometry g = problem.geometry();
    long srcRows = ((long) rows * rowGroups - 1) * g.stride() + g.filterHeight();
    return srcRows
        * (problem.patches()
            ? (long) g.filterWidth() * LANES
            : (LANES - 1L) * g.stride() + g.filterWidth());
  }

  /** Local memory of a group of which a processor should hold {@link #LEAST_WARPS} warps. */
  private long share() {
    return (long) LOCAL_BYTES * rowGroups / LEAST_WARPS - GROUP_BYTES;
  }

  /** Words of a column of pixels that an item holds. */
  private int column(ConvGeometry g) {
    return 2 * LANE_TILES * ((rows - 1) * g.stride() + g.filterHeight());
  }

  private int registers(ConvTile.Problem problem, int wordElements) {
    int loads = steps * STEP_WORDS * wordElements;
    int sums = SUMS * LANE_TILES * rows * columns;
    // What is beyond the channels takes more: zeros for loads, conditions for several rows of sums.
    int zeros = problem.channelsIn() % loads == 0 ? 0 : loads;
    int conditions = rows == 1 || problem.channelsOut() % COLUMN_CHANNELS == 0 ? 0 : sums / 2;
    return sums + conditions + side * column(problem.geometry()) + loads + zeros;
  }
}
