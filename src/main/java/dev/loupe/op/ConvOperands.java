package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.Blocks;
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
    return recorder
        .defines(dst.type())
        .set("ACTIVATION", sigmoid ? "ACTIVATION_SIGMOID" : "ACTIVATION_PRELU")
        .flag("GATE", conv.gate() || conv.geometry().isPointwise());
  }

  /**
   * As above, of this layer alone. For GPUs: as arguments, slopes and what becomes of the operand
   * take registers, and some kernels would spill.
   */
  Defines define() {
    return Activations.define(recorder.defines(dst.type()), conv.activation())
        .flag("GATE", conv.gate())
        .set("JOINING", joining());
  }

  /**
   * These as frames, for a pointwise convolution, to which patches are rows of lanes like any. So
   * one program serves both: PoCL compiles a tenth fewer for PAN and RFDN.
   */
  ConvOperands asRows() {
    TensorView rows = operand == null ? null : operand.asRows();
    return new ConvOperands(conv, src.asRows(), rows, dst.asRows(), recorder);
  }

  /** What becomes of the operand, as include/epilogue.h numbers it: nothing, a sum, a gate. */
  int joining() {
    if (operand == null) {
      return 0;
    }
    return conv.gate() ? 2 : 1;
  }

  /**
   * Sets src, weights, bias, slopes, operand and dst; bias and slopes are padded to whole blocks of
   * channels.
   */
  KernelCall bind(KernelCall call, DeviceBuffer weights, int block) {
    int channels = conv.filters().n();
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
    float[] same = new float[Blocks.roundUp(channels, block)];
    Activation activation = conv.activation();
    Arrays.fill(same, activation.kind() == Activation.Kind.NONE ? 1 : activation.slope());
    return recorder.constant(same);
  }
}
