package dev.loupe.op;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The part of a filter gradient that one work-group of {@code conv2d_weight_gradient_matrix}
 * computes on matrix units: rows of its matrices are output channels, columns are input channels
 * times the taps of a row.
 *
 * @param warps how the group is shared
 * @param rowTiles sixteens of rows that a warp holds
 * @param tapRows rows of taps that it holds
 * @param channels input channels of the group
 * @param columnTiles eights of columns that a warp holds
 * @param strip pixels and patches in local memory at once
 */
record MatrixGradientTile(
    Warps warps, int rowTiles, int tapRows, int channels, int columnTiles, Strip strip) {
  /**
   * Warps side by side.
   *
   * @param rows along the output channels
   * @param taps along the rows of taps
   * @param columns along the columns
   */
  record Warps(int rows, int taps, int columns) {
    int count() {
      return rows * taps * columns;
    }
  }

  /**
   * What is in local memory at once.
   *
   * @param columns pixels of a row of the output
   * @param lanes patches, eights of them
   */
  record Strip(int columns, int lanes) {}

  /**
   * What a tile is chosen for.
   *
   * @param filters OIHW
   * @param geometry of the convolution
   * @param height of the output
   * @param width of the output
   * @param batch patches
   * @param mostSpans of the batch that may have partial sums of their own
   */
  record Problem(
      Shape filters, ConvGeometry geometry, int height, int width, int batch, int mostSpans) {}

  /** Work-items of a warp. */
  static final int WARP = 32;

  private static final int ROWS = 16;
  private static final int COLUMNS = 8;

  /** Patches that one instruction sums over. */
  private static final int STEP = 8;

  /** Patches of a vector that an item loads. */
  private static final int VECTOR = 4;

  /** Sums of a matrix that an item holds. */
  private static final int SUMS = 4;

  private static final int MOST_ROW_TILES = 4;
  private static final int MOST_COLUMNS = 8;
  private static final int MOST_LANES = 32;

  /** Warps of a processor below which it waits more than it works. */
  private static final int LEAST_WARPS = 16;

  /** Of an NVIDIA H100, as all numbers here are. */
  private static final int PROCESSORS = 132;

  private static final int REGISTERS = 65536;

  private static final int LOCAL_BYTES = 227 << 10;
  private static final int MOST_GROUPS = 32;

  /** Registers of an item beyond its sums and the words of a step: the most that ptxas took. */
  private static final int OTHER_REGISTERS = 40;

  /** Cycles of a processor in which it multiplies two matrices, without wgmma. */
  private static final double MATRIX = 1.6;

  /** Cycles for a word from the second-level cache: 24 bytes each. */
  private static final double CACHE = 1.0 / 6;

  /** Cycles for a word into or out of local memory. */
  private static final double LOCAL = 1.0 / 32;

  /** Cycles that a load takes, and that a group waits for its slowest warp. */
  private static final double WAIT = 600;

  /** Vectors that an item loads at once, as the kernel does. */
  private static final int LOADS = 2;

  /** Multiply-adds of a processor's cycle in the tiled kernel: 14 TFLOP/s on all of them. */
  private static final double TILED = 30;

  /** The fastest tile within {@code bounds}; empty where none fits, or none is worth it. */
  static Optional<MatrixGradientTile> of(Tuning.Matrix bounds, long localBytes, Problem problem) {
    long room = Math.min(localBytes, bounds.localBytes());
    return candidates(bounds, problem)
        .filter(tile -> tile.localBytes(problem) <= room)
        .filter(tile -> tile.resident(problem) * tile.warps.count() >= LEAST_WARPS)
        .min(Comparator.comparingDouble(tile -> tile.cost(problem)))
        .filter(tile -> tile.pays(problem));
  }

  private static Stream<MatrixGradientTile> candidates(Tuning.Matrix bounds, Problem problem) {
    int most = bounds.items() / WARP;
    return shares(most, problem)
        .flatMap(
            warps ->
                IntStream.rangeClosed(1, MOST_ROW_TILES)
                    .boxed()
                    .flatMap(
                        rowTiles ->
                            ofChannels(warps, rowTiles, bounds.accumulators() / SUMS, problem)));
  }

  /** All ways to share a group of up to {@code most} warps. */
  private static Stream<Warps> shares(int most, Problem problem) {
    Stream.Builder<Warps> all = Stream.builder();
    for (int rows = 1; rows <= Math.min(most, Blocks.count(problem.filters().n(), ROWS)); rows++) {
      for (int taps = 1; taps <= Math.min(most / rows, problem.filters().h()); taps++) {
        for (int columns = 1; columns <= most / rows / taps; columns++) {
          all.add(new Warps(rows, taps, columns));
        }
      }
    }
    return all.build();
  }

  /** All tiles of up to {@code most} matrices a warp. */
  private static Stream<MatrixGradientTile> ofChannels(
      Warps warps, int rowTiles, int most, Problem problem) {
    Shape filters = problem.filters();
    Stream.Builder<MatrixGradientTile> all = Stream.builder();
    for (int tapRows = 1; tapRows <= Blocks.count(filters.h(), warps.taps()); tapRows++) {
      for (int channels : channels(filters.c())) {
        int columnTiles = Blocks.count(channels * filters.w(), COLUMNS * warps.columns());
        if (rowTiles * tapRows * columnTiles <= most) {
          for (Strip strip : strips(problem)) {
            all.add(new MatrixGradientTile(warps, rowTiles, tapRows, channels, columnTiles, strip));
          }
        }
      }
    }
    return all.build();
  }

  /** Equal shares of the input channels: as small as may be or, to shift columns, whole eights. */
  private static int[] channels(int all) {
    return IntStream.rangeClosed(1, Math.max(1, all / COLUMNS))
        .flatMap(
            parts -> {
              int share = Blocks.count(all, parts);
              return IntStream.of(share, Blocks.roundUp(share, COLUMNS));
            })
        .distinct()
        .toArray();
  }

  private static List<Strip> strips(Problem problem) {
    List<Strip> all = new ArrayList<>();
    for (int columns = 1; columns <= MOST_COLUMNS && columns < 2 * problem.width(); columns *= 2) {
      for (int lanes = STEP;
          lanes <= MOST_LANES && lanes < 2 * Math.max(problem.batch(), STEP);
          lanes *= 2) {
        all.add(new Strip(columns, lanes));
      }
    }
    return all;
  }

  /** Work-items of the group. */
  int items() {
    return WARP * warps.count();
  }

  /** Output channels of the group. */
  int rows() {
    return ROWS * rowTiles * warps.rows();
  }

  /** Rows of taps of the group. */
  int groupTaps() {
    return tapRows * warps.taps();
  }

  /** Groups along the input channels and the rows of taps. */
  long columnGroups(Problem problem) {
    return (long) Blocks.count(problem.filters().c(), channels)
        * Blocks.count(problem.filters().h(), groupTaps());
  }

  /** Groups along the output channels. */
  int rowGroups(Problem problem) {
    return Blocks.count(problem.filters().n(), rows());
  }

  private long groups(Problem problem) {
    return columnGroups(problem) * rowGroups(problem);
  }

  /** Spans of the batch that a device of {@code processors} computes all at once. */
  int spans(Problem problem, int processors) {
    long filling = (long) resident(problem) * processors / groups(problem);
    return (int) Math.max(1, Math.min(problem.mostSpans(), filling));
  }

  private int srcColumns(Problem problem) {
    return (strip.columns() - 1) * problem.geometry().stride() + problem.filters().w();
  }

  /** Local memory, as the kernel lays it out. */
  long localBytes(Problem problem) {
    int blocks = strip.lanes() / STEP;
    long grad = blockWords((long) strip.columns() * rows());
    long src = blockWords((long) srcColumns(problem) * channels);
    long columns = (long) warps.columns() * columnTiles * COLUMNS;
    long beyond = (columns - (long) problem.filters().w() * channels) * STEP;
    return Float.BYTES * (blocks * (groupTaps() * src + grad) + beyond);
  }

  /** BLOCK_WORDS of the kernel. */
  private long blockWords(long elements) {
    int gap = WARP * STEP / strip.lanes();
    return Blocks.roundUp(elements * STEP - gap, WARP) + gap;
  }

  /**
   * Tiles by which the columns of the next pixel are further on; all where it has none in common.
   */
  private int shift(Problem problem) {
    int next = problem.geometry().stride() * channels;
    int step = warps.columns() * COLUMNS;
    return Math.min(columnTiles, next % step == 0 ? next / step : columnTiles);
  }

  /** Groups that a processor holds at once. */
  private int resident(Problem problem) {
    int matrices = rowTiles * tapRows * columnTiles;
    int words = 2 * (2 * rowTiles + tapRows * columnTiles);
    int registers = SUMS * matrices + words + OTHER_REGISTERS;
    int byRegisters = REGISTERS / (WARP * Blocks.roundUp(registers, 8)) / warps.count();
    long byLocal = LOCAL_BYTES / (localBytes(problem) + 1024);
    return (int) Math.min(MOST_GROUPS, Math.min(byRegisters, byLocal));
  }

  /** Whether the tiled kernel takes longer for a strip, where both have many. */
  private boolean pays(Problem problem) {
    double products = (double) problem.filters().elements() * strip.columns() * strip.lanes();
    return groups(problem) * time(problem, resident(problem)) < products / TILED;
  }

  /** Cycles of a processor for a strip where it holds {@code together} groups. */
  private double time(Problem problem, double together) {
    double busy = busy(problem);
    return Math.max(busy, (busy + waits(problem)) / together);
  }

  /** Cycles of a processor for all of the gradient, the adding up of partial sums included. */
  double cost(Problem problem) {
    double strips =
        (double) Blocks.count(problem.width(), strip.columns())
            * problem.height()
            * Blocks.count(problem.batch(), strip.lanes());
    int spans = spans(problem, PROCESSORS);
    double together = Math.max(1, (double) groups(problem) * spans / PROCESSORS);
    double time = time(problem, Math.min(resident(problem), together));
    return groups(problem) * strips * time + 2 * CACHE * spans * problem.filters().elements();
  }

  /** Cycles in which a group waits for a strip. */
  private double waits(Problem problem) {
    int srcRows = Math.min(groupTaps(), problem.geometry().stride());
    return WAIT
        * (1 + loads(rows(), strip.columns()) + loads(channels, srcRows * srcColumns(problem)));
  }

  /** Times that an item loads, one after another. */
  private int loads(int tileChannels, int pixels) {
    int lines = tileChannels * strip.lanes() / VECTOR;
    int step = items() / Math.min(lines, items());
    return Blocks.count(lines, items()) * Blocks.count(pixels, step * LOADS);
  }

  /** Cycles in which a strip of a group keeps a processor busy. */
  private double busy(Problem problem) {
    double src =
        (double) Math.min(groupTaps(), problem.geometry().stride())
            * srcColumns(problem)
            * channels;
    double staged = strip.lanes() * (strip.columns() * rows() + src);
    int shift = shift(problem);
    double loads = (double) shift * strip.columns() + columnTiles - shift;
    double loaded = 2.0 * rowTiles * strip.columns() + tapRows * loads;
    int warpSteps = warps.count() * strip.lanes() / STEP;
    double words = 2.0 * WARP * warpSteps * loaded + (strip.lanes() < 16 ? 3 : 2) * staged;
    double matrices = (double) warpSteps * strip.columns() * rowTiles * tapRows * columnTiles;
    return matrices * MATRIX + words * LOCAL + staged * CACHE;
  }
}
