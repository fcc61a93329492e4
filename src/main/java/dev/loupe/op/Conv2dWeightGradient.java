package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.reference.Conv2dGradientReference;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The gradient of a convolution's filters: patches src (N, I, H, W) and grad (N, O, H', W') to a
 * row of the filters' elements, OIHW.
 *
 * @param filters OIHW
 * @param geometry of the convolution
 */
public record Conv2dWeightGradient(Shape filters, ConvGeometry geometry) implements Operator {
  /** Output channels that share a load of src; more, and the registers run out. */
  private static final int MAX_BLOCK = 8;

  @Override
  public String name() {
    return "conv2d_weight_gradient";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType src = inputs.get(0);
    TensorType grad = inputs.get(1);
    src.requirePatches(name());
    Shape in = src.shape();
    Shape expected =
        new Shape(in.n(), filters.n(), geometry.outputHeight(in.h()), geometry.outputWidth(in.w()));
    if (in.c() != filters.c() || !grad.equals(src.withShape(expected))) {
      throw new IllegalArgumentException(
          "%s of filters %s: src %s and grad %s do not fit".formatted(name(), filters, src, grad));
    }
    return PartialSums.row(filters.elements());
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return Conv2dGradientReference.weights(inputs.get(0), inputs.get(1), filters, geometry);
  }

  private PartialSums sums(TensorType src, TensorType grad) {
    return PartialSums.over(src.bytes() + grad.bytes(), filters.elements());
  }

  @Override
  public long scratchBytes(List<TensorType> inputs, TensorType output) {
    TensorType grad = inputs.get(1);
    long onCpu = Math.max(sums(inputs.get(0), grad).bytes(), winograd(grad).scratchBytes());
    return Math.max(onCpu, TiledWeightGradient.sums(filters, grad).bytes());
  }

  private WinogradWeightGradient winograd(TensorType grad) {
    return new WinogradWeightGradient(filters, geometry, grad);
  }

  /** Adds what every kernel of it is told. */
  Defines define(Defines defines) {
    return Convolutions.define(defines, filters.c(), filters.n(), geometry);
  }

  /** Blocks (output channels, input channels) with the fewest loads a multiply-add. */
  int[] blocks(Tuning tuning) {
    int[] best = {1, 1};
    double bestCost = Double.MAX_VALUE;
    for (int o = 1; o <= Math.min(filters.n(), MAX_BLOCK); o++) {
      for (int i = 1; i <= Math.min(filters.c(), MAX_BLOCK); i++) {
        int products = o * i * filters.w();
        if (products > tuning.accumulators() && o * i > 1) {
          break;
        }
        double padding = padding(filters.n(), o) * padding(filters.c(), i);
        double cost = padding * (1 + 0.5 * (o + i * filters.w()) / products);
        if (cost < bestCost) {
          bestCost = cost;
          best = new int[] {o, i};
        }
      }
    }
    return best;
  }

  private static double padding(int channels, int block) {
    return (double) Blocks.roundUp(channels, block) / channels;
  }

  /** Records the launches on a GPU: on matrix units where they are faster. */
  void recordTiled(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    MatrixWeightGradient.of(recorder, this, inputs.get(0).type(), inputs.get(1).type())
        .ifPresentOrElse(
            matrices -> matrices.record(recorder, inputs, output),
            () -> TiledWeightGradient.record(this, recorder, inputs, output));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    if (recorder.tuning().tile() != null) {
      recordTiled(recorder, inputs, output);
      return;
    }
    TensorType src = inputs.get(0).type();
    TensorType grad = inputs.get(1).type();
    WinogradWeightGradient winograd = winograd(grad);
    if (winograd.pays() && winograd.fits(recorder)) {
      winograd.record(recorder, inputs, output);
      return;
    }
    int[] blocks = blocks(recorder.tuning());
    PartialSums sums = sums(src, grad);
    Defines defines =
        define(recorder.defines()).set("OC_BLOCK", blocks[0]).set("IC_BLOCK", blocks[1]);
    recorder
        .kernel("gradient/conv2d_weight_gradient.cl", "conv2d_weight_gradient", defines)
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .scratch()
        .ints(src.shape().h(), src.shape().w(), grad.shape().h(), grad.shape().w(), src.lanes())
        .launchShared(
            (long) Blocks.count(filters.c(), blocks[1]) * filters.h(),
            Blocks.count(filters.n(), blocks[0]),
            sums.spans());
    sums.addUp(recorder, 1, output);
  }
}
