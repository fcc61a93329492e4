package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.Shape;

/**
 * The operands of one convolution on the device, which every convolution kernel takes in the same
 * order.
 *
 * @param conv the convolution
 * @param src its input
 * @param operand the residual or gated tensor; null where there is none
 * @param dst its output
 * @param recorder where constants go
 */
record ConvOperands(
    Conv2d conv, TensorView src, TensorView operand, TensorView dst, LaunchRecorder recorder) {
  /** The defines of include/lanes.h and include/epilogue.h, and the channels. */
  Defines define(Defines defines) {
    Shape filters = conv.weights().value().shape();
    boolean second = operand != null;
    return Activations.define(defines, conv.activation())
        .set("LANES", recorder.tuning().lanes())
        .flag("LANES_ALONG_BATCH", dst.type().layout() == Layout.PATCHES)
        .set("CHANNELS_IN", filters.c())
        .set("CHANNELS_OUT", filters.n())
        .flag("RESIDUAL", second && !conv.gate())
        .flag("GATE", conv.gate());
  }

  /**
   * Sets src, weights, bias, slopes, operand and dst; bias and slopes are padded to whole blocks of
   * channels.
   */
  KernelCall bind(KernelCall call, DeviceBuffer weights, int block) {
    int channels = conv.weights().value().shape().n();
    DeviceBuffer bias = recorder.vector(conv.bias(), channels, block);
    DeviceBuffer slopes =
        conv.slopes() == null ? bias : recorder.vector(conv.slopes(), channels, block);
    return call.tensor(src)
        .buffer(weights)
        .buffer(bias)
        .buffer(slopes)
        .tensor(operand == null ? dst : operand)
        .tensor(dst);
  }
}
