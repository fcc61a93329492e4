package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.Shape;

/** The lowering of convolutions to products on matrix units: for GPUs that have them. */
final class MatrixConv2d {
  private static final String FILE = "conv/conv2d_matrix.cl";
  private static final String ENTRY = "conv2d_matrix";

  private MatrixConv2d() {}

  /**
   * Records the convolution, or returns false where it does not run on matrix units: there are
   * none, frames keep all bits of fp32, no tile fits local memory, or the driver refuses the group.
   */
  static boolean record(ConvOperands operands) {
    LaunchRecorder recorder = operands.recorder();
    if (!recorder.matrixUnits()) {
      return false;
    }
    Conv2d conv = operands.conv();
    Shape filters = conv.filters();
    TensorType type = operands.dst().type();
    Shape dst = type.shape();
    boolean patches = type.layout() == Layout.PATCHES;
    ConvTile.Problem problem =
        new ConvTile.Problem(conv.geometry(), filters.c(), filters.n(), 1, patches, dst.h());
    MatrixTile tile = tile(recorder, problem);
    if (tile == null
        || !recorder.library().runs(FILE, ENTRY, define(operands, problem, tile), tile.items())) {
      return false;
    }
    long laneTiles = Blocks.count(type.lanes(), MatrixTile.LANES);
    int tileRows = tile.rows() * tile.rowGroups();
    long rowTiles = Blocks.count(dst.h(), tileRows);
    Shape src = operands.src().type().shape();
    operands
        .bind(
            recorder.kernel(FILE, ENTRY, define(operands, problem, tile)),
            recorder.words(conv.weights(), Packing.words(filters, tile, recorder.wordElements())),
            tile.channels())
        .ints(src.h(), src.w(), dst.w(), type.lanes())
        .launchTiles(
            NdRange.global(
                    laneTiles * tile.items(),
                    Blocks.count(filters.n(), tile.channels()),
                    patches ? rowTiles * dst.w() : rowTiles)
                .local(tile.items(), 1, 1),
            2,
            tileRows,
            dst.h());
    return true;
  }

  private static MatrixTile tile(LaunchRecorder recorder, ConvTile.Problem problem) {
    long localBytes = recorder.localBytes();
    return MatrixTile.of(recorder.tuning().matrix(), localBytes, problem, recorder.wordElements())
        .orElse(null);
  }

  private static Defines define(ConvOperands operands, ConvTile.Problem problem, MatrixTile tile) {
    return problem
        .define(operands.define())
        .flag(
            "MATRIX_UNITS",
            operands.recorder().library().context().device().compute().matrixUnits())
        .set("ROWS", tile.rows())
        .set("ROW_GROUPS", tile.rowGroups())
        .set("COLUMN_TILES", tile.columns())
        .set("STEPS", tile.steps())
        .set("SIDE", tile.side());
  }
}
