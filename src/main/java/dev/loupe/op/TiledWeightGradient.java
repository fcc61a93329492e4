package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * The lowering of the gradient of a convolution's filters to tiles in local memory: for GPUs.
 *
 * @param outputs output channels that a work-item holds
 * @param inputs input channels that it holds
 * @param outputGroups work-items side by side along the output channels
 * @param inputGroups work-items side by side along the input channels
 * @param columns pixels of the output in local memory at once
 */
record TiledWeightGradient(
    int outputs, int inputs, int outputGroups, int inputGroups, int columns) {
  private static final String FILE = "gradient/conv2d_weight_gradient_tiled.cl";
  private static final String ENTRY = "conv2d_weight_gradient_tiled";

  /** Patches in local memory at once: a sector of global memory. */
  private static final int LANES = 8;

  private static final int MOST_COLUMNS = 8;

  /** Multiply-adds in the time that a float takes from the second-level cache: 33 to 1.4 T/s. */
  private static final double LOAD = 24;

  /** Multiply-adds in the time that a work-item's two barriers take where others fill it. */
  private static final double BARRIERS = 64;

  /** Spans that keep a large GPU busy where one group holds all filters. */
  private static final int MOST_SPANS = 512;

  /** Partial sums of all spans together, in floats. */
  private static final long MOST_SUMS = 8 << 20;

  /** The partial sums of {@code filters} by {@code grad}, whatever the tile. */
  static PartialSums sums(Shape filters, TensorType grad) {
    Shape s = grad.shape();
    long strips = (long) Blocks.count(s.w(), MOST_COLUMNS) * s.h();
    long units = strips * Blocks.count(grad.lanes(), LANES);
    long most = Math.max(1, Math.min(MOST_SPANS, MOST_SUMS / filters.elements()));
    return new PartialSums((int) Math.min(units, most), Math.toIntExact(filters.elements()));
  }

  /**
   * The tile that takes the least time by {@link #cost} of those that let a processor hold the
   * work-items it should; where there is none, of those that fit at all.
   *
   * @param width of the output
   * @throws IllegalArgumentException if not even the smallest fits {@code localBytes}
   */
  static TiledWeightGradient of(
      Tuning tuning, long localBytes, Conv2dWeightGradient gradient, int width) {
    ConvGeometry geometry = gradient.geometry();
    Tuning.Tile bounds = tuning.tile();
    List<TiledWeightGradient> fitting =
        candidates(tuning, gradient, width)
            .filter(tile -> tile.localBytes(geometry) <= localBytes)
            .toList();
    ToDoubleFunction<TiledWeightGradient> cost = tile -> tile.cost(bounds, gradient, width);
    return fitting.stream()
        .filter(tile -> tile.localBytes(geometry) <= tile.share(bounds, geometry))
        .min(Comparator.comparingDouble(cost))
        .or(() -> fitting.stream().min(Comparator.comparingDouble(cost)))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s: groups of %d with %d bytes of local memory hold no tile of %s; take another device class"
                        .formatted(ENTRY, bounds.items(), localBytes, gradient.filters())));
  }

  private static Stream<TiledWeightGradient> candidates(
      Tuning tuning, Conv2dWeightGradient gradient, int width) {
    int[] block = gradient.blocks(tuning);
    Shape filters = gradient.filters();
    List<TiledWeightGradient> all = new ArrayList<>();
    for (int og = Blocks.count(filters.n(), block[0]); og > 0; og = half(og)) {
      for (int ig = Blocks.count(filters.c(), block[1]); ig > 0; ig = half(ig)) {
        for (int columns = 1; columns <= MOST_COLUMNS && columns < 2 * width; columns *= 2) {
          all.add(new TiledWeightGradient(block[0], block[1], og, ig, columns));
        }
      }
    }
    int most = tuning.tile().items();
    return all.stream().filter(tile -> tile.items(gradient.geometry()) <= most);
  }

  /**
   * The group's share of a processor's local memory, whole warps counted: of two thirds of the
   * work-items that a convolution should have, as narrow filters need much of it for each.
   */
  private long share(Tuning.Tile bounds, ConvGeometry geometry) {
    return bounds.localBytes(Blocks.roundUp(items(geometry), bounds.lanes()) * 3 / 2);
  }

  private static int half(int groups) {
    return groups == 1 ? 0 : (groups + 1) / 2;
  }

  /** Time of a multiply-add of the mathematics, in those of an idle processor's. */
  private double cost(Tuning.Tile bounds, Conv2dWeightGradient gradient, int width) {
    ConvGeometry g = gradient.geometry();
    Shape filters = gradient.filters();
    int items = items(g);
    double padding =
        padding(filters.n(), outputs * outputGroups)
            * padding(filters.c(), inputs * inputGroups)
            * padding(width, columns)
            * padding(items, bounds.lanes());
    long groups = Math.max(1, bounds.localBytes() / localBytes(g));
    double waits = Math.max(1, bounds.resident() / (2.0 * items * groups));
    double products = (double) groups() * outputs * inputs * g.taps() * columns * LANES;
    double ownProducts = products / items;
    return padding
        * (waits + LOAD * localBytes(g) / Float.BYTES / products + BARRIERS / ownProducts);
  }

  private static double padding(int size, int block) {
    return (double) Blocks.roundUp(size, block) / size;
  }

  private int groups() {
    return outputGroups * inputGroups;
  }

  private int items(ConvGeometry geometry) {
    return groups() * geometry.filterHeight();
  }

  /** Channels lie an odd number of vectors apart. */
  private long localBytes(ConvGeometry g) {
    long srcColumns = (columns - 1L) * g.stride() + g.filterWidth();
    long src = (long) (inputs * inputGroups | 1) * g.filterHeight() * srcColumns;
    return Float.BYTES * LANES * (src + (long) (outputs * outputGroups | 1) * columns);
  }

  /** Records the launches. */
  static void record(
      Conv2dWeightGradient gradient,
      LaunchRecorder recorder,
      List<TensorView> inputs,
      TensorView output) {
    TensorType src = inputs.get(0).type();
    TensorType grad = inputs.get(1).type();
    Shape filters = gradient.filters();
    PartialSums sums = sums(filters, grad);
    TiledWeightGradient tile = tile(recorder, gradient, grad.shape().w());
    int items = tile.items(gradient.geometry());
    recorder
        .kernel(FILE, ENTRY, tile.define(recorder, gradient))
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .scratch()
        .ints(src.shape().h(), src.shape().w(), grad.shape().h(), grad.shape().w(), src.lanes())
        .launch(
            NdRange.global(
                    (long) Blocks.count(filters.c(), tile.inputs * tile.inputGroups) * items,
                    Blocks.count(filters.n(), tile.outputs * tile.outputGroups),
                    sums.spans())
                .local(items, 1, 1));
    sums.addUp(recorder, 1, output);
  }

  /** The best tile that the device runs, in smaller groups if it must. */
  private static TiledWeightGradient tile(
      LaunchRecorder recorder, Conv2dWeightGradient gradient, int width) {
    Tuning tuning = recorder.tuning();
    long localBytes = recorder.localBytes();
    TiledWeightGradient tile = of(tuning, localBytes, gradient, width);
    int items = tile.items(gradient.geometry());
    while (!recorder.library().runs(FILE, ENTRY, tile.define(recorder, gradient), items)) {
      int fewer = Integer.highestOneBit(items - 1);
      tile = of(tuning.withGroupsUpTo(fewer), localBytes, gradient, width);
      items = tile.items(gradient.geometry());
    }
    return tile;
  }

  private Defines define(LaunchRecorder recorder, Conv2dWeightGradient gradient) {
    return gradient
        .define(recorder.defines())
        .set("OC_BLOCK", outputs)
        .set("IC_BLOCK", inputs)
        .set("OC_GROUPS", outputGroups)
        .set("IC_GROUPS", inputGroups)
        .set("COLUMNS", columns)
        .set("TILE_LANES", LANES);
  }
}
