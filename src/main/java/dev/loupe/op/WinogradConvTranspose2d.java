package dev.loupe.op;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The lowering of a transposed convolution to Winograd F(4x4, 3x3): where a phase has at most three
 * taps a side, all phases together are one 3x3 convolution, and a third of its filters' transformed
 * points are zero.
 *
 * @param conv the transposed convolution
 */
record WinogradConvTranspose2d(ConvTranspose2d conv) {
  private static final int TAPS = 3;

  /** The rows and columns that all phases together are made of. */
  static final ConvGeometry WINDOW = ConvGeometry.same(TAPS);

  /** Whether it can be done and is cheaper this way. */
  boolean pays(Shape src) {
    Shape s = conv.filters();
    return conv.padding() <= conv.scale()
        && s.h() - 1 - conv.padding() <= conv.scale()
        && s.n() >= WinogradConv2d.LEAST_CHANNELS
        && WinogradConv2d.pays(s.elements() * src.plane(), filters(), src);
  }

  /** Whether the device can. */
  boolean fits(LaunchRecorder recorder) {
    return WinogradConv2d.fits(recorder, filters());
  }

  private int phases() {
    return conv.scale() * conv.scale();
  }

  /** Of the 3x3 convolution. */
  private Shape filters() {
    Shape s = conv.filters();
    return new Shape(s.c() * phases(), s.n(), TAPS, TAPS);
  }

  /** Interpolation points of a phase, along one axis: none for a zero first or last tap. */
  private int points(int phase) {
    int points = WinogradConv2d.pointsAlong(TAPS);
    points -= conv.phases().tap(-1, phase) < 0 ? 1 : 0;
    return points - (conv.phases().tap(1, phase) < 0 ? 1 : 0);
  }

  /** Numbers of all transformed filters. */
  long transformedLength(Tuning tuning) {
    return WinogradConv2d.transformedLength(filters(), tuning);
  }

  /** Multiplications that the kernel runs, transforms not counted. */
  long multiplications(Shape src) {
    int along = IntStream.range(0, conv.scale()).map(this::points).sum();
    Shape s = conv.filters();
    return src.n() * WinogradConv2d.tiles(src) * along * along * s.n() * s.c();
  }

  /** The channels of the output, those with the same zero taps together. */
  private int[] order() {
    return IntStream.range(0, filters().n())
        .boxed()
        .sorted(
            Comparator.comparing((Integer channel) -> points(channel / conv.scale() % conv.scale()))
                .thenComparing(channel -> points(channel % conv.scale())))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  void record(LaunchRecorder recorder, TensorView src, TensorView dst) {
    int[] order = order();
    Conv2d whole =
        new Conv2d(
            conv.weights().arranged(filters(), taps(order)),
            conv.bias()
                .arranged(
                    new Shape(1, order.length, 1, 1),
                    Arrangement.of(order.length, i -> order[i] / phases())),
            WINDOW,
            Activation.NONE,
            null);
    WinogradConv2d.recordOrdered(order, new ConvOperands(whole, src, null, dst, recorder));
  }

  /** From IOHW to the OIHW of the 3x3 convolution with its channels in {@code order}. */
  private Arrangement taps(int[] order) {
    int inputs = filters().c();
    return Arrangement.of(
        Math.toIntExact(filters().elements()),
        i -> {
          int plane = i / (TAPS * TAPS);
          int channel = order[plane / inputs];
          return conv.place(plane % inputs, channel, i / TAPS % TAPS - 1, i % TAPS - 1);
        });
  }
}
