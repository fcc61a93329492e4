package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The lowering of a 3x3 convolution to Winograd F(4x4, 3x3), a quarter of the multiplications, and
 * of a 5x5 one to F(4x4, 5x5), a sixth (Lavin and Gray, CVPR 2016).
 *
 * <p>Measured against the direct kernel (PoCL, Zen 4, 480x270, CPU time): 64 channels 2.4 times as
 * fast, 40 channels 2.0, 24 channels 1.9, 20 channels 1.7, 12 channels 1.7; a window of 5x5 from 3
 * to 56 channels 2.5 (FSRCNN base: 25.8 to 21.4 ms).
 *
 * <p>On a Zen 5, whose multiplications cost half, the kernel waited for memory until it fetched its
 * rows ahead; two or three vectors of tiles, or the points before the blocks of channels, gained
 * nothing there. Blocks of 16 channels instead of 8 to 12 made 64 channels 3 % faster.
 */
final class WinogradConv2d {
  private static final String FILE = "conv/conv2d_winograd.cl";

  private static final int THREE = 3;
  private static final int FIVE = 5;

  /** Rows of the output that are made together. */
  static final int TILE = 4;

  /** Fewer are left to the direct kernel. */
  static final int LEAST_CHANNELS = 16;

  /**
   * The same on wide maps. RFDN's attention, 12 channels on a sixth of the frame's rows, would run
   * in bands of four of them, and the frame's other tensors wait for it: at 960x540 in 681 MB
   * instead of 600. By the width, as a strip of a frame has the same (and a tile of RFDN differs in
   * any case).
   */
  private static final int LEAST_ON_WIDE = 12;

  private static final int WIDE = 240;

  /** Cost of a point's transforms, in multiply-adds a channel: from the measurements above. */
  private static final double INPUT_TRANSFORM = 12.5;

  private static final double OUTPUT_TRANSFORM = 8.3;

  /** Of the direct kernel, where the products here run at 1: from the same. */
  private static final double DIRECT_SPEED = 0.77;

  private WinogradConv2d() {}

  /** Whether a convolution to {@code output} is cheaper this way. */
  static boolean pays(ConvGeometry geometry, Shape filters, Shape output) {
    int side = geometry.filterHeight();
    if (geometry.filterWidth() != side
        || (side != THREE && side != FIVE)
        || geometry.stride() != 1
        || geometry.padding() > side / 2
        || (side == THREE && Math.min(filters.n(), filters.c()) < leastChannels(output))) {
      return false;
    }
    return pays(output.plane() * geometry.taps() * filters.c() * filters.n(), filters, output);
  }

  private static int leastChannels(Shape output) {
    return output.w() < WIDE ? LEAST_CHANNELS : LEAST_ON_WIDE;
  }

  /** Whether it is cheaper than {@code direct} multiplications an image. */
  static boolean pays(long direct, Shape filters, Shape output) {
    long in = filters.c();
    long out = filters.n();
    double tile = points(filters) * (in * out + INPUT_TRANSFORM * in + OUTPUT_TRANSFORM * out);
    return direct / DIRECT_SPEED > tiles(output) * tile;
  }

  /**
   * Whether the device can: its tuning allows it and its local memory holds the scratch of a block.
   */
  static boolean fits(LaunchRecorder recorder, Shape filters) {
    long localBytes = recorder.localBytes();
    return recorder.tuning().winogradVectors() > 0
        && scratchBytes(recorder.tuning(), filters) <= localBytes;
  }

  private static long scratchBytes(Tuning tuning, Shape filters) {
    long tiles = (long) tuning.winogradVectors() * tuning.lanes();
    long channels = (long) filters.c() + block(filters.n(), tuning);
    return (long) Float.BYTES
        * points(filters)
        * (channels * tiles + 2L * TensorType.PITCH_ALIGNMENT);
  }

  /** Multiplications that the kernel runs, transforms not counted. */
  static long multiplications(Shape filters, Shape output) {
    return output.n() * tiles(output) * points(filters) * filters.c() * filters.n();
  }

  /** Interpolation points along one axis, for a filter of {@code side} taps. */
  static int pointsAlong(int side) {
    return TILE + side - 1;
  }

  /** Values of one transformed filter. */
  static int points(Shape filters) {
    return pointsAlong(filters.h()) * pointsAlong(filters.w());
  }

  static long tiles(Shape output) {
    return (long) Blocks.count(output.h(), TILE) * Blocks.count(output.w(), TILE);
  }

  /**
   * Output channels held in registers: the fewest padded ones, then the most, 8 to 16 of them. Even
   * numbers do, 28 for RFDN's 25 channels instead of 27, for every other one would be a program
   * more to compile.
   */
  private static int block(int channels, Tuning tuning) {
    int most = Math.min(channels, 2 * tuning.accumulators() / (3 * tuning.winogradVectors()));
    int best = 1;
    int bestPadded = Integer.MAX_VALUE;
    for (int block = Math.min(8, most); block <= most; block += 2) {
      int padded = Blocks.roundUp(channels, block);
      if (padded <= bestPadded) {
        best = block;
        bestPadded = padded;
      }
    }
    return best;
  }

  static void record(ConvOperands operands) {
    record(operands.defineShared(), operands);
  }

  /**
   * A convolution whose output channel {@code i} goes to channel {@code order[i]} of dst. Filters
   * that share zero taps should stand together: points of a block that are zero cost nothing.
   */
  static void recordOrdered(int[] order, ConvOperands operands) {
    Conv2d conv = operands.conv();
    LaunchRecorder recorder = operands.recorder();
    Defines defines =
        operands.defineShared().list("CHANNEL_ORDER", IntStream.of(order).asLongStream());
    if (!recorder.isTrained(conv.weights())) {
      defines.list("POINT_MASKS", LongStream.of(pointMasks(conv, recorder.tuning())));
    }
    record(defines, operands);
  }

  private static void record(Defines defines, ConvOperands operands) {
    Conv2d conv = operands.conv();
    LaunchRecorder recorder = operands.recorder();
    Tuning tuning = recorder.tuning();
    Shape filters = conv.filters();
    TensorType type = operands.dst().type();
    Shape src = operands.src().type().shape();
    Shape dst = type.shape();
    int block = block(filters.n(), tuning);
    defines
        .set("CHANNELS_IN", filters.c())
        .set("FILTER", filters.h())
        .set("OC_BLOCK", block)
        .set("LANE_BLOCK", tuning.winogradVectors());
    long perBlock = (long) tuning.winogradVectors() * tuning.lanes();
    boolean patches = type.layout() == Layout.PATCHES;
    long acrossRow = patches ? type.lanes() : Blocks.count(dst.w(), TILE);
    long rows = patches ? tiles(dst) : Blocks.count(dst.h(), TILE);
    operands
        .bind(
            recorder.kernel(FILE, "conv2d_winograd", defines),
            weights(recorder, conv, block),
            block)
        .ints(src.h(), src.w(), dst.h(), dst.w(), type.lanes())
        .ints(filters.n(), conv.geometry().padding(), operands.joining())
        .launchRows(
            NdRange.global(1, Blocks.count(acrossRow, perBlock), rows).local(1, 1, 1), 2, TILE);
  }

  private static DeviceBuffer weights(LaunchRecorder recorder, Conv2d conv, int block) {
    Shape filters = conv.filters();
    if (!recorder.isTrained(conv.weights())) {
      return recorder.constant(
          Math.toIntExact(transformedLength(filters, block)), () -> transformed(conv, block));
    }
    DeviceBuffer transformed = recorder.memory(Float.BYTES * transformedLength(filters, block));
    Defines defines =
        new Defines()
            .set("LANES", 1)
            .set("CHANNELS_IN", filters.c())
            .set("CHANNELS_OUT", filters.n())
            .set("OC_BLOCK", block);
    KernelCall call =
        recorder
            .kernel("train/winograd_filters.cl", "winograd_filters", defines)
            .buffer(recorder.weights(conv.weights()))
            .buffer(transformed);
    call.launch(call.shared(filters.c(), Blocks.roundUp(filters.n(), block), 1));
    return transformed;
  }

  /** Numbers of all transformed filters, in whole blocks. */
  static long transformedLength(Shape filters, Tuning tuning) {
    return transformedLength(filters, block(filters.n(), tuning));
  }

  private static long transformedLength(Shape filters, int block) {
    return (long) points(filters) * Blocks.roundUp(filters.n(), block) * filters.c();
  }

  /** OIHW to U = G g G^T, packed [block of O][points][I][O within the block]. */
  private static float[] transformed(Conv2d conv, int block) {
    FloatTensor weights = conv.weights().value();
    Shape s = weights.shape();
    float[] packed = new float[Math.toIntExact(transformedLength(s, block))];
    WinogradFilter filter = new WinogradFilter(s.h());
    for (int o = 0; o < s.n(); o++) {
      for (int i = 0; i < s.c(); i++) {
        double[] points = filter.transformed(weights.data(), weights.index(o, i, 0, 0));
        for (int point = 0; point < points.length; point++) {
          int at = ((o / block * points.length + point) * s.c() + i) * block + o % block;
          packed[at] = (float) points[point];
        }
      }
    }
    return packed;
  }

  /** Of each block of output channels, a bit for each point at which a filter is not zero. */
  private static long[] pointMasks(Conv2d conv, Tuning tuning) {
    Shape s = conv.filters();
    int block = block(s.n(), tuning);
    float[] packed = transformed(conv, block);
    int points = points(s);
    long[] masks = new long[Blocks.count(s.n(), block)];
    for (int at = 0; at < packed.length; at++) {
      int point = at / (s.c() * block);
      if (packed[at] != 0) {
        masks[point / points] |= 1L << point % points;
      }
    }
    return masks;
  }
}
