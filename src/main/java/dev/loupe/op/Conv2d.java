package dev.loupe.op;

import dev.loupe.kernel.Tuning;
import dev.loupe.reference.ActivationReference;
import dev.loupe.reference.Conv2dReference;
import dev.loupe.reference.MultiplyReference;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The convolution: src (N, I, H, W) and optionally an operand of the output's shape to (N, O, H',
 * W'), {@code act(conv(src) + bias)}, {@code act(conv(src) + bias + operand)} or, as a gate, {@code
 * act(sigmoid(conv(src) + bias) * operand)}.
 *
 * @param weights filters, OIHW
 * @param bias (1, O, 1, 1), or null for none
 * @param geometry window, stride, padding
 * @param activation applied as the result is stored
 * @param slopes PReLU's (1, O, 1, 1) or (1, 1, 1, 1), null for any other activation
 * @param gate whether the operand is multiplied by the sigmoid, not added: pixel attention
 */
public record Conv2d(
    Parameter weights,
    Parameter bias,
    ConvGeometry geometry,
    Activation activation,
    Parameter slopes,
    boolean gate)
    implements Operator {
  /** A convolution whose operand, if it has one, is a residual. */
  public Conv2d(
      Parameter weights,
      Parameter bias,
      ConvGeometry geometry,
      Activation activation,
      Parameter slopes) {
    this(weights, bias, geometry, activation, slopes, false);
  }

  @Override
  public String name() {
    return "conv2d";
  }

  /** Shape of the filters, OIHW. */
  public Shape filters() {
    return weights.value().shape();
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    Shape src = inputs.get(0).shape();
    if (src.c() != filters().c()) {
      throw new IllegalArgumentException(
          "conv2d %s takes %d channels, its input has %d"
              .formatted(weights.name(), filters().c(), src.c()));
    }
    int height = geometry.outputHeight(src.h());
    int width = geometry.outputWidth(src.w());
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "conv2d %s: the input %s is smaller than the window".formatted(weights.name(), src));
    }
    TensorType output = inputs.get(0).withShape(new Shape(src.n(), filters().n(), height, width));
    if (inputs.size() == 2 && !inputs.get(1).equals(output)) {
      throw new IllegalArgumentException(
          "conv2d %s: the operand is %s, the output %s"
              .formatted(weights.name(), inputs.get(1), output));
    }
    if (gate && inputs.size() != 2) {
      throw new IllegalArgumentException(
          "conv2d %s is a gate and needs an operand to multiply".formatted(weights.name()));
    }
    return output;
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    FloatTensor slopeValues = slopes == null ? null : slopes.value();
    if (gate) {
      FloatTensor sigmoid = convolve(inputs.get(0), Activation.SIGMOID, null, null);
      return ActivationReference.forward(
          MultiplyReference.forward(inputs.get(1), sigmoid), activation, slopeValues);
    }
    FloatTensor residual = inputs.size() == 2 ? inputs.get(1) : null;
    return convolve(inputs.get(0), activation, slopeValues, residual);
  }

  private FloatTensor convolve(
      FloatTensor src, Activation act, FloatTensor slopeValues, FloatTensor residual) {
    FloatTensor biasValues = bias == null ? null : bias.value();
    return Conv2dReference.forward(
        src, weights.value(), biasValues, geometry, act, slopeValues, residual);
  }

  @Override
  public Cost cost(List<TensorType> inputs, TensorType output) {
    long outputs = output.shape().elements();
    long macs = outputs * filters().c() * geometry.taps();
    long executed =
        switch (lowering(output)) {
          case WINOGRAD -> WinogradConv2d.multiplications(filters(), output.shape());
          case FOURIER -> FourierConv2d.multiplications(filters(), output.shape());
          case ROWS, DIRECT -> macs;
        };
    return new Cost(macs + Activations.paperCost(activation, outputs), macs, executed);
  }

  /** The kernels of a CPU, with the rows of the output that each makes together. */
  private enum Lowering {
    WINOGRAD(WinogradConv2d.TILE),
    FOURIER(FourierConv2d.TILE),
    ROWS(RowsConv2d.ROWS),
    DIRECT(1);

    private final int rows;

    Lowering(int rows) {
      this.rows = rows;
    }
  }

  /** The cheapest, whether the device has room for it or not. */
  private Lowering lowering(TensorType output) {
    if (winogradPays(output)) {
      return Lowering.WINOGRAD;
    }
    if (FourierConv2d.pays(geometry, filters(), output.layout())) {
      return Lowering.FOURIER;
    }
    return RowsConv2d.pays(geometry, filters(), output.layout()) ? Lowering.ROWS : Lowering.DIRECT;
  }

  /**
   * Its kernel has no sigmoid; and training, which runs in patches, transforms 3x3 filters alone.
   */
  private boolean winogradPays(TensorType output) {
    return activation.kind() != Activation.Kind.SIGMOID
        && !gate
        && (geometry.filterHeight() == 3 || output.layout() != Layout.PATCHES)
        && WinogradConv2d.pays(geometry, filters(), output.shape());
  }

  /**
   * The convolution that turns the gradient of the output, before bias and activation, into the
   * gradient of the input: filters turned round, inputs and outputs changing places.
   *
   * @throws IllegalArgumentException for a stride
   */
  public Conv2d inputGradient() {
    if (geometry.stride() != 1 || geometry.filterHeight() != geometry.filterWidth()) {
      throw new IllegalArgumentException(
          "conv2d %s: the gradient of a step of %d with a %dx%d filter is no convolution"
              .formatted(
                  weights.name(),
                  geometry.stride(),
                  geometry.filterHeight(),
                  geometry.filterWidth()));
    }
    int out = filters().n();
    int in = filters().c();
    int taps = geometry.taps();
    Arrangement order =
        Arrangement.of(
            Math.toIntExact(filters().elements()),
            place -> {
              int o = place / taps % out;
              return (o * in + place / taps / out) * taps + taps - 1 - place % taps;
            });
    int side = geometry.filterHeight();
    ConvGeometry turned = new ConvGeometry(side, side, 1, side - 1 - geometry.padding());
    return new Conv2d(
        weights.arranged(new Shape(in, out, side, side), order),
        null,
        turned,
        Activation.NONE,
        null);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return index == 1 ? RowWindow.SAME : RowWindow.of(geometry);
  }

  @Override
  public int bandStep(List<TensorType> inputs, TensorType output) {
    return lowering(output).rows;
  }

  @Override
  public long weightBytes(Tuning tuning, TensorType output) {
    Lowering used = tuning.winogradVectors() > 0 ? lowering(output) : Lowering.DIRECT;
    long inputs = filters().c();
    long outputs = padded(filters().n());
    long numbers =
        switch (used) {
          case WINOGRAD -> WinogradConv2d.transformedLength(filters(), tuning);
          case FOURIER -> FourierConv2d.NUMBERS * inputs * filters().n();
          case ROWS, DIRECT -> geometry.taps() * inputs * outputs;
        };
    return Float.BYTES * (numbers + paddedVectors(filters().n()));
  }

  /**
   * Channels are packed in whole blocks, on a CPU of at most as many; on a GPU some of RFDN's take
   * more, 1.5 MB together.
   */
  private static long padded(int channels) {
    return Blocks.roundUp(channels, channels <= 4 ? 4 : 8);
  }

  /** Numbers of biases and slopes. */
  static long paddedVectors(int channels) {
    return 2 * padded(channels);
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    TensorView operand = inputs.size() == 2 ? inputs.get(1) : null;
    ConvOperands operands = new ConvOperands(this, inputs.get(0), operand, output, recorder);
    Lowering cheapest = lowering(output.type());
    if (MatrixConv2d.record(operands)) {
      return;
    }
    if (recorder.tuning().tile() != null) {
      TiledConv2d.record(operands);
    } else if (cheapest == Lowering.WINOGRAD && WinogradConv2d.fits(recorder, filters())) {
      WinogradConv2d.record(operands);
    } else if (cheapest == Lowering.FOURIER && FourierConv2d.fits(recorder, this)) {
      FourierConv2d.record(operands);
    } else if (RowsConv2d.pays(geometry, filters(), output.type().layout())) {
      RowsConv2d.record(operands);
    } else {
      DirectConv2d.record(operands);
    }
  }
}
