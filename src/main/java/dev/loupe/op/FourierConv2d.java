package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The lowering of a frame's convolution with a large window to few channels, such as SRResNet's
 * last, to products of the spectra of tiles of 16x16 (overlap-save).
 */
final class FourierConv2d {
  private static final String FILE = "conv/conv2d_fourier.cl";

  /** Rows of the output that are made together. */
  static final int TILE = 8;

  /** Inputs of a tile along one axis, and frequencies. */
  private static final int POINTS = 16;

  /** Numbers of a spectrum. */
  static final int NUMBERS = POINTS * POINTS;

  /**
   * The only window, as it reads every input of a tile. A smaller one would not, and yet its sums
   * would carry what lies there: in a band, rows that are not made yet.
   */
  private static final int WINDOW = POINTS - TILE + 1;

  /** Fewer inputs do not pay for the way back, nor more outputs for their products. */
  private static final int LEAST_CHANNELS_IN = 16;

  private static final int MOST_CHANNELS_OUT = 4;

  /** Input channels in the scratch at a time. */
  private static final int CHUNK = 16;

  private FourierConv2d() {}

  /** Whether a convolution is cheaper this way. */
  static boolean pays(ConvGeometry geometry, Shape filters, Layout layout) {
    int side = geometry.filterHeight();
    return layout == Layout.FRAME
        && geometry.stride() == 1
        && side == geometry.filterWidth()
        && side == WINDOW
        && filters.c() >= LEAST_CHANNELS_IN
        && filters.n() <= MOST_CHANNELS_OUT;
  }

  /** Whether the device can: its local memory holds the scratch, and the weights are constants. */
  static boolean fits(LaunchRecorder recorder, Conv2d conv) {
    Tuning tuning = recorder.tuning();
    long spectra = CHUNK + conv.filters().n() + 1L;
    long scratch = Float.BYTES * (spectra * NUMBERS * tuning.lanes() + CHUNK * 16L);
    return tuning.winogradVectors() > 0
        && scratch <= recorder.localBytes()
        && !recorder.isTrained(conv.weights());
  }

  /** Multiplications that the kernel runs, transforms not counted. */
  static long multiplications(Shape filters, Shape output) {
    long tiles = (long) Blocks.count(output.h(), TILE) * Blocks.count(output.w(), TILE);
    return output.n() * tiles * 2 * NUMBERS * filters.c() * filters.n();
  }

  static void record(ConvOperands operands) {
    Conv2d conv = operands.conv();
    LaunchRecorder recorder = operands.recorder();
    Shape filters = conv.filters();
    Shape src = operands.src().type().shape();
    Shape dst = operands.dst().type().shape();
    Defines defines =
        operands
            .defineShared()
            .set("CHANNELS_IN", filters.c())
            .set("CHANNELS_OUT", filters.n())
            .set("PADDING", conv.geometry().padding())
            .set("IC_CHUNK", CHUNK);
    int count = Math.toIntExact((long) NUMBERS * filters.c() * filters.n());
    long across = (long) TILE * recorder.tuning().lanes();
    operands
        .bind(
            recorder.kernel(FILE, "conv2d_fourier", defines),
            recorder.constant(count, () -> spectra(conv.weights().value())),
            1)
        .ints(src.h(), src.w(), dst.h(), dst.w())
        .ints(operands.joining())
        .launchRows(
            NdRange.global(1, Blocks.count(dst.w(), across), Blocks.count(dst.h(), TILE))
                .local(1, 1, 1),
            2,
            TILE);
  }

  /** OIHW to [pair][I][O][real, imaginary], in the kernel's order and for its scales. */
  private static float[] spectra(FloatTensor weights) {
    Shape s = weights.shape();
    float[] packed = new float[NUMBERS * s.c() * s.n()];
    for (int o = 0; o < s.n(); o++) {
      for (int i = 0; i < s.c(); i++) {
        for (int pair = 0; pair < NUMBERS / 2; pair++) {
          int at = ((pair * s.c() + i) * s.n() + o) * 2;
          pack(weights, o, i, pair, packed, at);
        }
      }
    }
    return packed;
  }

  private static void pack(FloatTensor weights, int o, int i, int pair, float[] packed, int at) {
    int block = pair / POINTS;
    int place = pair % POINTS;
    if (block > 0) {
      // The kernel's half spectra of rows are twice as large.
      double[] number = frequency(weights, o, i, reversed(place), block);
      packed[at] = (float) (number[0] / 2);
      packed[at + 1] = (float) (number[1] / 2);
      return;
    }
    int column = place < POINTS / 2 ? 0 : POINTS / 2;
    int f = place % (POINTS / 2);
    double[] number = frequency(weights, o, i, f, column);
    if (f > 0) {
      packed[at] = (float) (number[0] / 2);
      packed[at + 1] = (float) (number[1] / 2);
    } else {
      packed[at] = (float) number[0];
      packed[at + 1] = (float) frequency(weights, o, i, POINTS / 2, column)[0];
    }
  }

  private static int reversed(int i) {
    return Integer.reverse(i) >>> (Integer.SIZE - 4);
  }

  /** The conjugate spectrum of a filter at (row, column), over the points of both directions. */
  private static double[] frequency(FloatTensor weights, int o, int i, int row, int column) {
    Shape s = weights.shape();
    double re = 0;
    double im = 0;
    for (int y = 0; y < s.h(); y++) {
      for (int x = 0; x < s.w(); x++) {
        double turn = 2 * Math.PI * ((row * y + column * x) % POINTS) / POINTS;
        re += weights.get(o, i, y, x) * Math.cos(turn);
        im += weights.get(o, i, y, x) * Math.sin(turn);
      }
    }
    return new double[] {re / NUMBERS, im / NUMBERS};
  }
}
