package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;

/**
 * The lowering of a frame's convolution to few channels: a work-item makes several rows of the
 * output, so that they share what it loads.
 */
final class RowsConv2d {
  private static final String FILE = "conv/conv2d_rows.cl";

  private static final int MOST_CHANNELS = 4;

  /** Rows of the output that are made together. */
  static final int ROWS = 4;

  private RowsConv2d() {}

  /** Whether a convolution is cheaper this way. */
  static boolean pays(ConvGeometry geometry, Shape filters, Layout layout) {
    return layout == Layout.FRAME
        && geometry.stride() == 1
        && geometry.filterHeight() > 1
        && filters.n() <= MOST_CHANNELS;
  }

  static void record(ConvOperands operands) {
    Conv2d conv = operands.conv();
    LaunchRecorder recorder = operands.recorder();
    Shape filters = conv.filters();
    Shape src = operands.src().type().shape();
    Shape dst = operands.dst().type().shape();
    int lanes = recorder.tuning().lanes();
    int vectors = Math.max(1, recorder.tuning().accumulators() / (ROWS * filters.n()));
    Defines defines =
        operands
            .defineShared()
            .set("CHANNELS_IN", filters.c())
            .set("CHANNELS_OUT", filters.n())
            .set("FILTER_H", filters.h())
            .set("FILTER_W", filters.w())
            .set("PADDING", conv.geometry().padding())
            .set("ROW_BLOCK", ROWS)
            .set("LANE_BLOCK", Math.min(4, vectors));
    int step = Math.min(4, vectors) * lanes;
    KernelCall call =
        operands
            .bind(
                recorder.kernel(FILE, "conv2d_rows", defines),
                recorder.weights(conv.weights(), Packing.columnsFirst(filters)),
                1)
            .ints(src.h(), src.w(), dst.h(), dst.w())
            .ints(operands.joining());
    call.launchRows(
        call.shared(Blocks.count(dst.w(), step), 1, Blocks.count(dst.h(), ROWS)), 2, ROWS);
  }
}
