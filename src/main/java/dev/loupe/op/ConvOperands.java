package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.Shape;
import java.util.Arrays;

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
    return defineLayout(Activations.define(defines, conv.activation()))
        .set("CHANNELS_OUT", filters.n())
        .flag("RESIDUAL", second && !conv.gate())
        .flag("GATE", conv.gate());
  }

  /** The defines of include/lanes.h and the input channels: a program for many layers. */
  Defines defineLayout(Defines defines) {
    return defines
        .set("LANES", recorder.tuning().lanes())
        .flag("LANES_ALONG_BATCH", dst.type().layout() == Layout.PATCHES)
        .set("CHANNELS_IN", conv.weights().value().shape().c());
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
    return bind(call, weights, bias, slopes);
  }

  /** As above, where the slopes below zero stand for any activation but sigmoid. */
  KernelCall bindSlopes(KernelCall call, DeviceBuffer weights, int block) {
    int channels = conv.weights().value().shape().n();
    float[] same = new float[(channels + block - 1) / block * block];
    Activation activation = conv.activation();
    Arrays.fill(same, activation.kind() == Activation.Kind.NONE ? 1 : activation.slope());
    return bind(
        call,
        weights,
        recorder.vector(conv.bias(), channels, block),
        conv.slopes() == null
            ? recorder.constant(same)
            : recorder.vector(conv.slopes(), channels, block));
  }

  private KernelCall bind(
      KernelCall call, DeviceBuffer weights, DeviceBuffer bias, DeviceBuffer slopes) {
    return call.tensor(src)
        .buffer(weights)
        .buffer(bias)
        .buffer(slopes)
        .tensor(operand == null ? dst : operand)
        .tensor(dst);
  }
}
