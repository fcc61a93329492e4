package dev.loupe.op;

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
 * <p>Phase {@code p} at {@code y} reads row {@code y + r} with filter row {@code p + padding -
 * scale * r}, r from -1 to 1.
 *
 * @param conv the transposed convolution
 */
record WinogradConvTranspose2d(ConvTranspose2d conv) {
  private static final int TAPS = 3;

  /** Values of one transformed filter of a phase. */
  static final int POINTS = WinogradConv2d.pointsAlong(TAPS) * WinogradConv2d.pointsAlong(TAPS);

  /** The rows and columns that all phases together are made of. */
  static final ConvGeometry WINDOW = ConvGeometry.same(TAPS);

  /** Whether it can be done and is cheaper this way. */
  boolean pays(Shape src) {
    Shape s = conv.weights().value().shape();
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
    Shape s = conv.weights().value().shape();
    return new Shape(s.c() * phases(), s.n(), TAPS, TAPS);
  }

  /** Row or column of the whole filter that tap {@code tap} of a phase is, or -1. */
  private int filterIndex(int phase, int tap) {
    int index = phase + conv.padding() - conv.scale() * (tap - 1);
    return index < conv.weights().value().shape().h() ? index : -1;
  }

  /** Interpolation points of a phase, along one axis: none for a zero first or last tap. */
  private int points(int phase) {
    int points = WinogradConv2d.pointsAlong(TAPS);
    points -= filterIndex(phase, 0) < 0 ? 1 : 0;
    return points - (filterIndex(phase, TAPS - 1) < 0 ? 1 : 0);
  }

  /** Multiplications that the kernel runs, transforms not counted. */
  long multiplications(Shape src) {
    int along = IntStream.range(0, conv.scale()).map(this::points).sum();
    Shape s = conv.weights().value().shape();
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
    Shape s = conv.weights().value().shape();
    return Arrangement.of(
        Math.toIntExact(filters().elements()),
        place -> {
          int channel = order[place / (TAPS * TAPS * s.n())];
          int in = place / (TAPS * TAPS) % s.n();
          int y = filterIndex(channel / conv.scale() % conv.scale(), place / TAPS % TAPS);
          int x = filterIndex(channel % conv.scale(), place % TAPS);
          int out = channel / phases();
          return y < 0 || x < 0 ? Arrangement.ZERO : ((in * s.c() + out) * s.h() + y) * s.w() + x;
        });
  }
}
