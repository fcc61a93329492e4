package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.Shape;
import java.util.function.Supplier;

/**
 * The lowering of convolutions, and of the phases of transposed ones, to tiles in local memory: for
 * GPUs.
 */
final class TiledConv2d {
  private static final String FILE = "conv/conv2d_tiled.cl";
  private static final String ENTRY = "conv2d_tiled";

  private TiledConv2d() {}

  static void record(ConvOperands operands) {
    record(operands, operands::define, 1);
  }

  /** The transposed {@code conv} as a convolution with its phases as channels. */
  static void recordPhases(ConvTranspose2d conv, ConvOperands phases) {
    Supplier<Defines> defines =
        () ->
            phases
                .define()
                .set("PHASES", conv.scale())
                .set("PHASE_FILTER", conv.filters().h())
                .set("PHASE_PADDING", conv.padding());
    record(phases, defines, conv.scale() * conv.scale());
  }

  private static void record(ConvOperands operands, Supplier<Defines> defines, int step) {
    LaunchRecorder recorder = operands.recorder();
    Conv2d conv = operands.conv();
    Shape filters = conv.filters();
    Shape src = operands.src().type().shape();
    TensorType type = operands.dst().type();
    Shape dst = type.shape();
    boolean patches = type.layout() == Layout.PATCHES;
    ConvTile.Problem problem =
        new ConvTile.Problem(conv.geometry(), filters.c(), filters.n(), step, patches, dst.h());
    ConvTile tile = tile(recorder, problem, defines);
    int ocTile = tile.channels() * tile.groups();
    long laneTiles = Blocks.count(type.lanes(), tile.lanes());
    long rowTiles = Blocks.count(dst.h(), tile.rows() * tile.rowGroups());
    operands
        .bind(
            recorder.kernel(FILE, ENTRY, define(defines.get(), problem, tile)),
            recorder.weights(conv.weights(), Packing.tiles(filters, tile)),
            ocTile)
        .ints(src.h(), src.w(), dst.w(), type.lanes())
        .launchTiles(
            NdRange.global(
                    laneTiles * tile.items(),
                    Blocks.count(filters.n(), ocTile),
                    patches ? rowTiles * dst.w() : rowTiles)
                .local(tile.items(), 1, 1),
            2,
            tile.rows() * tile.rowGroups(),
            dst.h());
  }

  /** The best tile that the device runs, in smaller groups if it must. */
  private static ConvTile tile(
      LaunchRecorder recorder, ConvTile.Problem problem, Supplier<Defines> defines) {
    Tuning tuning = recorder.tuning();
    long localBytes = recorder.localBytes();
    ConvTile tile = ConvTile.of(tuning, localBytes, problem);
    for (int most = tile.items(); most > 1 && !runs(recorder, problem, tile, defines); most /= 2) {
      tile = ConvTile.of(tuning.withGroupsUpTo(most / 2), localBytes, problem);
    }
    return tile;
  }

  private static boolean runs(
      LaunchRecorder recorder, ConvTile.Problem problem, ConvTile tile, Supplier<Defines> defines) {
    Defines wanted = define(defines.get(), problem, tile);
    return recorder.library().runs(FILE, ENTRY, wanted, tile.items());
  }

  private static Defines define(Defines shared, ConvTile.Problem problem, ConvTile tile) {
    return problem
        .define(shared)
        .set("TILE_LANES", tile.lanes())
        .set("ROWS", tile.rows())
        .set("ROW_GROUPS", tile.rowGroups())
        .set("OC_BLOCK", tile.channels())
        .set("OC_GROUPS", tile.groups())
        .set("IC_CHUNK", tile.chunk());
  }
}
