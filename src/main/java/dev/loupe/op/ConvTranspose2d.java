package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.reference.ConvTranspose2dReference;
import dev.loupe.reference.PixelUnshuffleReference;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The transposed convolution, its output left as sub-pixel phases: src (N, I, H, W) to (N, O *
 * scale * scale, H, W), which {@link PixelShuffle} turns into PyTorch's (N, O, H * scale, W *
 * scale) with output_padding scale - 1.
 *
 * @param weights filters, IOHW, square
 * @param bias (1, O, 1, 1)
 * @param scale stride, at least 2
 * @param padding PyTorch's padding; filter = 2 * padding + 1
 */
public record ConvTranspose2d(Parameter weights, Parameter bias, int scale, int padding)
    implements Operator {
  private static final String FILE = "conv/conv_transpose2d.cl";

  /**
   * Checks that the output is exactly scale times the input.
   *
   * @throws IllegalArgumentException if it is not
   */
  public ConvTranspose2d {
    Shape s = weights.value().shape();
    if (s.h() != s.w() || s.h() != 2 * padding + 1) {
      throw new IllegalArgumentException(
          "conv_transpose2d %s: a %dx%d filter with padding %d does not give scale times the input"
              .formatted(weights.name(), s.h(), s.w(), padding));
    }
  }

  @Override
  public String name() {
    return "conv_transpose2d";
  }

  /** Shape of the filters, IOHW. */
  public Shape filters() {
    return weights.value().shape();
  }

  @Override
  public TensorType output(List<TensorType> inputs) {
    TensorType src = inputs.get(0);
    if (src.shape().c() != filters().n()) {
      throw new IllegalArgumentException(
          "conv_transpose2d %s takes %d channels, its input has %d"
              .formatted(weights.name(), filters().n(), src.shape().c()));
    }
    return src.withShape(src.shape().withChannels(filters().c() * scale * scale));
  }

  @Override
  public FloatTensor reference(List<FloatTensor> inputs) {
    FloatTensor whole =
        ConvTranspose2dReference.forward(
            inputs.get(0),
            weights.value(),
            bias.value(),
            new ConvGeometry(filters().h(), filters().w(), scale, padding),
            scale - 1);
    return PixelUnshuffleReference.forward(whole, scale);
  }

  @Override
  public Cost cost(List<TensorType> inputs, TensorType output) {
    long taps = (long) filters().h() * filters().w();
    Shape src = inputs.get(0).shape();
    long macs = src.elements() * filters().c() * taps;
    WinogradConvTranspose2d winograd = new WinogradConvTranspose2d(this);
    return new Cost(
        macs * scale * scale, macs, winograd.pays(src) ? winograd.multiplications(src) : macs);
  }

  Phases phases() {
    return new Phases(filters().h(), scale, padding);
  }

  /**
   * Where the filters have the weight that input {@code in}, so many rows and columns away, has in
   * a channel of the output; {@link Arrangement#ZERO} where it has none.
   */
  int place(int in, int channel, int down, int along) {
    Shape s = filters();
    int y = phases().tap(down, channel / scale % scale);
    int x = phases().tap(along, channel % scale);
    int out = channel / (scale * scale);
    return y < 0 || x < 0 ? Arrangement.ZERO : ((in * s.c() + out) * s.h() + y) * s.w() + x;
  }

  /** The convolution whose channels (o, py, px) are the phases. */
  private Conv2d phaseConvolution() {
    Shape s = filters();
    int count = scale * scale;
    int first = phases().first();
    int window = phases().window();
    Shape shape = new Shape(s.c() * count, s.n(), window, window);
    Arrangement order =
        Arrangement.of(
            Math.toIntExact(shape.elements()),
            i -> {
              int plane = i / (window * window);
              int down = first + i / window % window;
              return place(plane % s.n(), plane / s.n(), down, first + i % window);
            });
    Arrangement biasOrder = Arrangement.of(shape.n(), o -> o / count);
    return new Conv2d(
        weights.arranged(shape, order),
        bias.arranged(Shape.frame(shape.n(), 1, 1), biasOrder),
        new ConvGeometry(window, window, 1, -first),
        Activation.NONE,
        null);
  }

  /**
   * The convolution that turns the gradient of the phases, (N, O * scale * scale, H, W), into the
   * gradient of the input.
   */
  public Conv2d inputGradient() {
    int reach = phases().reach();
    int taps = 2 * reach + 1;
    int channels = filters().c() * scale * scale;
    Arrangement order =
        Arrangement.of(
            filters().n() * channels * taps * taps,
            i -> {
              int plane = i / (taps * taps);
              int down = reach - i / taps % taps;
              return place(plane / channels, plane % channels, down, reach - i % taps);
            });
    Shape shape = new Shape(filters().n(), channels, taps, taps);
    return new Conv2d(
        weights.arranged(shape, order), null, ConvGeometry.same(taps), Activation.NONE, null);
  }

  @Override
  public RowWindow rows(int index, List<TensorType> inputs, TensorType output) {
    return isWinograd(inputs)
        ? RowWindow.of(WinogradConvTranspose2d.WINDOW)
        : new RowWindow(1, 1, phases().first(), phases().window());
  }

  private boolean isWinograd(List<TensorType> inputs) {
    return new WinogradConvTranspose2d(this).pays(inputs.get(0).shape());
  }

  @Override
  public int bandStep(List<TensorType> inputs, TensorType output) {
    return isWinograd(inputs) ? WinogradConv2d.TILE : 1;
  }

  @Override
  public long weightBytes(Tuning tuning, TensorType output) {
    if (tuning.tile() != null) {
      return phaseConvolution().weightBytes(tuning, output);
    }
    boolean winograd = tuning.winogradVectors() > 0 && isWinograd(List.of(output));
    long numbers =
        winograd
            ? new WinogradConvTranspose2d(this).transformedLength(tuning)
            : filters().elements();
    return Float.BYTES * (numbers + Conv2d.paddedVectors(filters().c() * scale * scale));
  }

  @Override
  public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    WinogradConvTranspose2d winograd = new WinogradConvTranspose2d(this);
    if (recorder.tuning().tile() != null) {
      recordPhases(new ConvOperands(phaseConvolution(), inputs.get(0), null, output, recorder));
    } else if (winograd.pays(inputs.get(0).type().shape()) && winograd.fits(recorder)) {
      winograd.record(recorder, inputs.get(0), output);
    } else {
      recordDirect(recorder, inputs.get(0), output);
    }
  }

  private void recordPhases(ConvOperands phases) {
    if (!MatrixConv2d.record(phases)) {
      TiledConv2d.recordPhases(this, phases);
    }
  }

  private void recordDirect(LaunchRecorder recorder, TensorView src, TensorView output) {
    TensorType type = src.type();
    int channels = filters().c();
    Tuning tuning = recorder.tuning();
    int most = Math.min(4, type.vectors(tuning.lanes()));
    int vectors = Math.max(1, Math.min(most, tuning.accumulators() / (channels * scale)));
    Defines defines =
        recorder
            .defines(type)
            .set("CHANNELS_IN", filters().n())
            .set("CHANNELS_OUT", channels)
            .set("FILTER", filters().h())
            .set("SCALE", scale)
            .set("PADDING", padding)
            .set("LANE_BLOCK", vectors);
    int step = vectors * tuning.lanes();
    recorder
        .kernel(FILE, "conv_transpose2d", defines)
        .tensor(src)
        .buffer(recorder.weights(weights, Packing.outputsLast(filters())))
        .buffer(recorder.weights(bias))
        .tensor(output)
        .ints(type.shape().h(), type.shape().w(), type.lanes())
        .launchRowsLast(Blocks.count(type.lanes(), step), scale, type.rows());
  }
}
