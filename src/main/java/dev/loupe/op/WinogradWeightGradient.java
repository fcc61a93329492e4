package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import java.util.List;

/**
 * The lowering of the gradient of 3x3 filters to Winograd F(3x3, 4x4), a quarter of the
 * multiplications (Lavin and Gray, CVPR 2016): for CPUs.
 *
 * <p>Measured against the direct kernel (PoCL, Zen 5, 16 patches of 32x32, two runs of each in
 * turns): 64 channels 1.8 times as fast, 50 and 40 channels 1.5, 24 channels 1.2; 20 and 12, which
 * fill no vector, 0.9 and 0.8. Two or four tiles to a pass over the sums, blocks of four vectors,
 * and fetching the next tile's rows ahead gained nothing in training.
 *
 * @param filters OIHW
 * @param geometry of the convolution
 * @param grad the gradient of its output
 */
record WinogradWeightGradient(Shape filters, ConvGeometry geometry, TensorType grad) {
  private static final String FILE = "gradient/conv2d_weight_gradient_winograd.cl";

  private static final int SIDE = 3;
  private static final int TILE = 4;
  private static final int POINTS = 36;

  /** The most lanes of any CPU: scratch memory is planned before the device is known. */
  private static final int MOST_LANES = 16;

  private static final int MOST_VECTORS = 3;

  /** Tiles of {@link #MOST_LANES} patches to a span, so that storing its sums costs little. */
  private static final int SPAN_TILES = 8;

  private static final int MOST_SPANS = 32;

  /**
   * What a product of channels at all points of a tile takes, and a channel's transforms, in
   * multiply-adds of the direct kernel: by the measurements above.
   */
  private static final long PRODUCT = 60;

  private static final long TRANSFORM = 475;

  /** How a device holds the sums: vectors of output channels times input channels. */
  private record Block(int vectors, int inputs) {}

  /** Whether it is cheaper than the direct kernel. */
  boolean pays() {
    if (filters.h() != SIDE
        || filters.w() != SIDE
        || geometry.stride() != 1
        || geometry.padding() > 1) {
      return false;
    }
    long in = filters.c();
    long out = Blocks.roundUp(filters.n(), MOST_LANES);
    long direct = grad.shape().plane() * geometry.taps() * in * filters.n();
    return direct > tiles() * (PRODUCT * in * out + TRANSFORM * (in + out));
  }

  /** Whether the device's tuning allows it and its local memory holds a tile's transforms. */
  boolean fits(LaunchRecorder recorder) {
    return recorder.tuning().winogradVectors() > 0
        && localBytes(recorder.tuning()) <= recorder.localBytes();
  }

  private long localBytes(Tuning tuning) {
    Block block = block(tuning);
    long lanes = tuning.lanes();
    long inputs = Blocks.roundUp(filters.c(), block.inputs) * lanes;
    long gradients = lanes * lanes * block.vectors;
    long loaded = TILE * TILE * lanes * lanes;
    return Float.BYTES * (POINTS * (inputs + gradients + 2L * TensorType.PITCH_ALIGNMENT) + loaded);
  }

  private long tiles() {
    return WinogradConv2d.tiles(grad.shape());
  }

  private int spans() {
    long units = tiles() * Blocks.count(grad.shape().n(), MOST_LANES);
    return (int) Math.max(1, Math.min(MOST_SPANS, units / SPAN_TILES));
  }

  /** The scratch memory that the sums of all spans take on any CPU. */
  long scratchBytes() {
    if (!pays()) {
      return 0;
    }
    long outputs = Blocks.roundUp(filters.n(), MOST_LANES);
    return (long) Float.BYTES * spans() * POINTS * filters.c() * outputs;
  }

  /** Whole vectors of output channels to each block, as many blocks of inputs as registers ask. */
  private Block block(Tuning tuning) {
    int all = Blocks.count(filters.n(), tuning.lanes());
    int vectors = MOST_VECTORS;
    while (all % vectors != 0) {
      vectors--;
    }
    int blocks = Blocks.count(filters.c(), Math.max(1, tuning.accumulators() / vectors));
    return new Block(vectors, Blocks.count(filters.c(), blocks));
  }

  /** Records the launches. */
  void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
    Shape src = inputs.get(0).type().shape();
    Block block = block(recorder.tuning());
    int vectors = Blocks.count(filters.n(), recorder.tuning().lanes());
    Defines defines =
        recorder
            .defines()
            .set("CHANNELS_IN", filters.c())
            .set("CHANNELS_OUT", filters.n())
            .set("PADDING", geometry.padding())
            .set("OC_VECTORS", block.vectors)
            .set("IC_BLOCK", block.inputs);
    recorder
        .kernel(FILE, "conv2d_weight_gradient_winograd", defines)
        .tensor(inputs.get(0))
        .tensor(inputs.get(1))
        .scratch()
        .ints(src.h(), src.w(), grad.shape().h(), grad.shape().w(), grad.lanes())
        .launch(NdRange.global(vectors / block.vectors, spans(), 1).local(1, 1, 1));
    recorder
        .kernel(FILE, "winograd_filter_sums", defines)
        .scratch()
        .list(output)
        .ints(spans())
        .launch(NdRange.global(vectors, filters.c(), 1).local(1, 1, 1));
  }
}
