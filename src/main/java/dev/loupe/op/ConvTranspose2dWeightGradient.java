package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.reference.ConvTranspose2dGradientReference;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The gradient of a transposed convolution's filters: patches src (N, I, H, W) and the gradient of
 * its phases (N, O * scale * scale, H, W) to a row of the filters' elements, IOHW.
 *
 * @param filters IOHW, square
 * @param scale stride
 * @param padding PyTorch's padding
 */
public record ConvTranspose2dWeightGradient(Shape filters, int scale, int padding)
    implements Operator {
  @Override
  public String name() {
    return "conv_transpose2d_weight_gradient";
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType src = inputs.get(0);
    src.requirePatches(name());
    TensorType phases = src.withShape(src.shape().withChannels(filters.c() * scale * scale));
    if (src.shape().c() != filters.n() || !inputs.get(1).equals(phases)) {
      throw new IllegalArgumentException(
          "%s of filters %s: src %s and grad %s do not fit"
              .formatted(name(), filters, src, inputs.get(1)));
    }
    return PartialSums.row(filters.elements());
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    return ConvTranspose2dGradientReference.weights(
        inputs.get(0), inputs.get(1), filters, scale, padding);
  }

  private PartialSums sums(TensorType src, TensorType grad) {
    return PartialSums.over(src.bytes() + grad.bytes(), filters.elements());
  }

  @Override
  public long scratchBytes(List<TensorType> inputs, TensorType output) {
    TensorType grad = inputs.get(1);
    Shape phases = phases().filters();
    return Math.max(
        sums(inputs.get(0), grad).bytes(),
        TiledWeightGradient.sums(phases, grad).bytes()
            + PartialSums.row(phases.elements()).bytes());
  }

  private int reach() {
    return new Phases(filters.h(), scale, padding).reach();
  }

  /** Of the convolution with the phases as channels, whose filters have taps that no phase has. */
  private Conv2dWeightGradient phases() {
    int taps = 2 * reach() + 1;
    return new Conv2dWeightGradient(
        new Shape(filters.c() * scale * scale, filters.n(), taps, taps),
        new ConvGeometry(taps, taps, 1, reach()));
  }

  /** From the filters of the phases, OIHW, to the whole ones, IOHW. */
  private Arrangement wholeFilters() {
    int side = filters.h();
    int taps = 2 * reach() + 1;
    return Arrangement.of(
        Math.toIntExact(filters.elements()),
        place -> {
          int ky = place / side % side - padding;
          int kx = place % side - padding;
          int channel = place / (side * side) % filters.c();
          int ic = place / (side * side * filters.c());
          int oc = (channel * scale + Math.floorMod(ky, scale)) * scale + Math.floorMod(kx, scale);
          int row = reach() - Math.floorDiv(ky, scale);
          int column = reach() - Math.floorDiv(kx, scale);
          return ((oc * filters.n() + ic) * taps + row) * taps + column;
        });
  }

  private void recordTiled(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Conv2dWeightGradient phases = phases();
    long partials = TiledWeightGradient.sums(phases.filters(), inputs.get(1).type()).bytes();
    TensorView row = recorder.scratch(partials, PartialSums.row(phases.filters().elements()));
    phases.recordTiled(recorder, inputs, row);
    recorder.arrange(row, wholeFilters(), output);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    if (recorder.tuning().tile() != null) {
      recordTiled(recorder, inputs, output);
      return;
    }
    TensorType src = inputs.get(0).type();
    PartialSums sums = sums(src, inputs.get(1).type());
    int taps = 2 * reach() + 1;
    int block = Math.max(1, Math.min(filters.n(), recorder.tuning().accumulators() / filters.h()));
    Defines defines =
        phases()
            .define(recorder.defines())
            .set("SCALE", scale)
            .set("CROP", padding)
            .set("FILTER", filters.h())
            .set("IC_BLOCK", block);
    recorder
        .kernel(
            "gradient/conv_transpose2d_weight_gradient.cl",
            "conv_transpose2d_weight_gradient",
            defines)
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .scratch()
        .ints(src.shape().h(), src.shape().w(), src.lanes())
        .launchShared(
            (long) Blocks.count(filters.n(), block) * taps,
            (long) filters.c() * scale,
            sums.spans());
    sums.addUp(recorder, 1, output);
  }
}
