package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;

/**
 * The lowering of a convolution to sums of products as they stand: any window, stride and padding.
 */
final class DirectConv2d {
  private static final String FILE = "conv/conv2d.cl";

  private DirectConv2d() {}

  static void record(ConvOperands tensors) {
    Conv2d conv = tensors.conv();
    LaunchRecorder recorder = tensors.recorder();
    ConvOperands operands = conv.geometry().isPointwise() ? tensors.asRows() : tensors;
    Tuning tuning = recorder.tuning();
    Shape filters = conv.filters();
    Shape src = operands.src().type().shape();
    TensorType type = operands.dst().type();
    ConvGeometry geometry = conv.geometry();
    Tuning.Block block = tuning.block(filters.n(), type.vectors(tuning.lanes()));
    Defines defines =
        operands
            .defineShared()
            .set("FILTER_H", geometry.filterHeight())
            .set("FILTER_W", geometry.filterWidth())
            .set("STRIDE", geometry.stride())
            .flag("PADDED", geometry.padding() > 0)
            .set("OC_BLOCK", block.channels())
            .set("LANE_BLOCK", block.vectors());
    int blocks = Blocks.count(filters.n(), block.channels());
    int step = block.vectors() * tuning.lanes();
    operands
        .bind(
            recorder.kernel(FILE, "conv2d", defines),
            recorder.weights(conv.weights(), Packing.blocks(filters, block.channels())),
            block.channels())
        .ints(src.h(), src.w(), type.shape().w(), type.lanes())
        .ints(filters.c(), filters.n(), geometry.padding(), operands.joining())
        .launchRowsLast(Blocks.count(type.lanes(), step), blocks, type.rows());
  }
}
