package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import java.util.function.ToLongFunction;

/**
 * The tile of a convolution's output that one work-group of {@code conv2d_tiled} computes from
 * local memory.
 *
 * @param lanes lanes, each a work-item
 * @param channels output channels that a work-item holds
 * @param groups work-items side by side along the channels
 * @param rows rows that a work-item holds
 * @param rowGroups work-items above one another
 * @param chunk input channels in local memory at once
 */
record ConvTile(int lanes, int channels, int groups, int rows, int rowGroups, int chunk) {
  /** Floats of a weight vector: one load. */
  static final int VECTOR = 4;

  /** Input channels beyond which a longer chunk saves no more barriers worth counting. */
  private static final int LONGEST_CHUNK = 8;

  /**
   * What a tile is chosen for.
   *
   * @param geometry window, stride, padding
   * @param channelsIn input channels
   * @param channelsOut output channels
   * @param step output channels that must stay together: the phases of a transposed convolution
   * @param patches whether the lanes run along a batch of patches
   * @param height rows of the output
   */
  record Problem(
      ConvGeometry geometry,
      int channelsIn,
      int channelsOut,
      int step,
      boolean patches,
      int height) {
    /** {@code shared} and what every kernel of a tile knows of the convolution. */
    Defines define(Defines shared) {
      return Convolutions.define(shared, channelsIn, channelsOut, geometry);
    }
  }

  /**
   * The tile with the fewest loads for a multiply-add and the least padding of those that let a
   * processor hold the work-items it should; where there is none, of those that fit at all.
   *
   * @throws IllegalArgumentException if not even the smallest tile fits {@code localBytes}
   */
  static ConvTile of(Tuning tuning, long localBytes, Problem problem) {
    Tuning.Tile bounds = tuning.tile();
    ConvTile best = cheapest(tuning, problem, t -> Math.min(localBytes, t.share(bounds)));
    if (best == null) {
      best = cheapest(tuning, problem, t -> localBytes);
    }
    if (best == null) {
      throw new IllegalArgumentException(
          "conv2d_tiled: %d bytes of local memory hold no tile of %s; take another device class"
              .formatted(localBytes, problem));
    }
    return best;
  }

  private static ConvTile cheapest(Tuning tuning, Problem problem, ToLongFunction<ConvTile> room) {
    ConvTile best = null;
    double bestCost = Double.MAX_VALUE;
    int step = problem.step();
    for (int c = step; c <= Math.max(step, tuning.tile().channels()); c += step) {
      for (int r = 1; r <= tuning.tile().rows(); r++) {
        if (r > 1 && c * r > tuning.accumulators()) {
          break;
        }
        double cost = cost(problem, c, r);
        if (cost < bestCost) {
          ConvTile tile = largest(tuning.tile(), problem, c, r, room);
          if (tile != null) {
            bestCost = cost;
            best = tile;
          }
        }
      }
    }
    return best;
  }

  /** Work of a multiply-add of the mathematics: padding included, loads from local memory too. */
  private static double cost(Problem problem, int c, int r) {
    ConvGeometry g = problem.geometry();
    double padding = (double) Blocks.roundUp(problem.channelsOut(), c) / problem.channelsOut();
    if (problem.patches()) {
      padding *= (double) Blocks.roundUp(problem.height(), r) / problem.height();
    }
    double column = (r - 1.0) * g.stride() + g.filterHeight();
    double weights = (double) g.filterHeight() * Blocks.count(c, VECTOR);
    return padding * (1 + (column + weights) / ((double) g.filterHeight() * c * r));
  }

  /** Work-items of c channels and r rows in as large a group, with as long a chunk, as fits. */
  private static ConvTile largest(
      Tuning.Tile bounds, Problem problem, int c, int r, ToLongFunction<ConvTile> room) {
    int most = Math.max(1, bounds.items() / bounds.lanes());
    int allGroups = Blocks.count(problem.channelsOut(), c);
    int allRows = problem.patches() ? Blocks.count(problem.height(), r) : most;
    for (int limit = most; limit >= 1; limit--) {
      int wide = Blocks.count(allGroups, Blocks.count(allGroups, limit));
      for (int high = Math.max(1, Math.min(allRows, most / 2 / wide)); high >= 1; high--) {
        ConvTile shape = new ConvTile(bounds.lanes(), c, wide, r, high, 1);
        long fitting = room.applyAsLong(shape) / shape.localBytes(problem);
        if (fitting >= 1) {
          int longest = (int) Math.min(fitting, Math.min(LONGEST_CHUNK, problem.channelsIn()));
          int chunks = Blocks.count(problem.channelsIn(), longest);
          int chunk = Blocks.count(problem.channelsIn(), chunks);
          return new ConvTile(bounds.lanes(), c, wide, r, high, chunk);
        }
      }
    }
    return null;
  }

  /** The group's share of a processor's local memory. */
  private long share(Tuning.Tile bounds) {
    return bounds.localBytes(items());
  }

  /** Work-items in the group. */
  int items() {
    return lanes * groups * rowGroups;
  }

  /** Local memory of the whole chunk. */
  long localBytes(Problem problem) {
    ConvGeometry g = problem.geometry();
    long srcRows = ((long) rows * rowGroups - 1) * g.stride() + g.filterHeight();
    long srcLanes =
        problem.patches()
            ? (long) g.filterWidth() * lanes
            : (lanes - 1L) * g.stride() + g.filterWidth();
    long weights = (long) g.taps() * groups * Blocks.roundUp(channels, VECTOR);
    return (long) Float.BYTES * chunk * (srcRows * srcLanes + weights);
  }
}
