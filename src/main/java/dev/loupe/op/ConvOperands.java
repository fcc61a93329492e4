package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.Activation;
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
  /** The defines of include/lanes.h and include/epilogue.h, the same for most layers. */
  Defines defineShared() {
    boolean sigmoid = conv.activation().kind() == Activation.Kind.SIGMOID;
    return defineLayout().set("ACTIVATION", sigmoid ? "ACTIVATION_SIGMOID" : "ACTIVATION_PRELU");
  }

  /**
   * As above, of this layer alone. For GPUs: as arguments, slopes and residual take registers, and
   * some kernels would spill.
   */
  Defines define() {
    return Activations.define(defineLayout(), conv.activation()).flag("RESIDUAL", residual() != 0);
  }

  private Defines defineLayout() {
    return recorder
        .defines()
        .flag("LANES_ALONG_BATCH", dst.type().layout() == Layout.PATCHES)
        .flag("GATE", conv.gate());
  }

  /** 1 where the operand is to be added, else 0. */
  int residual() {
    return operand == null || conv.gate() ? 0 : 1;
  }

  /**
   * Sets src, weights, bias, slopes, operand and dst; bias and slopes are padded to whole blocks of
   * channels.
   */
  KernelCall bind(KernelCall call, DeviceBuffer weights, int block) {
    int channels = conv.weights().value().shape().n();
    return call.tensor(src)
        .buffer(weights)
        .buffer(recorder.vector(conv.bias(), channels, block))
        .buffer(slopes(channels, block))
        .tensor(operand == null ? dst : operand)
        .tensor(dst);
  }

  /** What multiplies sums below zero: it stands for any activation but sigmoid, which has none. */
  private DeviceBuffer slopes(int channels, int block) {
    if (conv.slopes() != null) {
      return recorder.vector(conv.slopes(), channels, block);
    }
    float[] same = new float[(channels + block - 1) / block * block];
    Activation activation = conv.activation();
    Arrays.fill(same, activation.kind() == Activation.Kind.NONE ? 1 : activation.slope());
    return recorder.constant(same);
  }
}
