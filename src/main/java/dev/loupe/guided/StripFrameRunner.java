package dev.loupe.guided;

import dev.loupe.graph.Halo;
import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import dev.loupe.op.TensorType;
import dev.loupe.opencl.OutOfDeviceMemoryException;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * The frame runner for frames whose features do not fit the device: strips of rows, one after
 * another, each with the rows around it that its own depend on.
 *
 * <p>Variants base, full and all of FSRCNN, PAN and SRResNet give the bytes of the whole frame.
 * What is taken from the whole frame is taken from the strip: each strip refines its own share of
 * the K patches, channel attention (RCAN) means over the strip, and spatial attention (RFDN) is
 * resized over it. Rows further than 48 away have no influence.
 */
final class StripFrameRunner implements FrameRunner {
  /** Strips begin where tiles of convolutions (4 rows) and windows of pools (6) begin. */
  private static final int STEP = 48;

  private static final int TALLEST = 1024;
  private static final int WIDEST_HALO = 48;

  private final GuidedScheme scheme;
  private final FrameSpec spec;
  private final FrameGraph frame;
  private final Function<FrameGraph, FrameRunner> maker;
  private final int halo;
  private final StageTimes times = new StageTimes();
  private final float[] mask;
  private final int height;
  private final int step;
  private final MemoryUse memory;
  private int stripHeight;
  private FrameRunner strip;
  private ByteBuffer window;
  private int[] selected = new int[0];

  /**
   * Prepares the strips of a frame, as high as they fit.
   *
   * @param maker of a strip's runner; null where it does not fit
   * @param least bytes that a strip takes
   * @throws OutOfDeviceMemoryException if not even the lowest strip fits
   */
  StripFrameRunner(
      GuidedScheme scheme,
      FrameSpec spec,
      Function<FrameGraph, FrameRunner> maker,
      ToLongFunction<FrameGraph> least) {
    this.scheme = scheme;
    this.spec = spec;
    this.maker = maker;
    frame = scheme.build(spec);
    height = spec.input().shape().h();
    mask = new float[frame.mask().isPresent() ? frame.cells() : 0];
    step = step(scheme.p());
    halo = roundedUp(Math.min(WIDEST_HALO, Halo.rows(frame.graph())));
    for (int steps = roundedUp(TALLEST) / step; steps > 0 && strip == null; steps /= 2) {
      stripHeight = steps * step + 2 * halo;
      strip = stripHeight < height ? maker.apply(strip(stripHeight)) : null;
    }
    if (strip == null) {
      int lowest = Math.min(stripHeight, height);
      throw new OutOfDeviceMemoryException(
          "a strip of %d rows of a %dx%d picture takes %d MB of device memory, more than may be had"
              .formatted(
                  lowest,
                  spec.input().shape().w(),
                  height,
                  (least.applyAsLong(strip(lowest)) >> 20) + 1));
    }
    MemoryUse one = strip.memory();
    String pieces = "in strips of %d rows, each %s".formatted(stripHeight, one.pieces());
    memory = new MemoryUse(one.planned(), one.separate(), pieces);
  }

  /** The least multiple of {@link #STEP} where cells of the patch grid begin too. */
  private static int step(int p) {
    int step = STEP;
    while (step % p != 0) {
      step += STEP;
    }
    return step;
  }

  private int roundedUp(int rows) {
    return Blocks.roundUp(rows, step);
  }

  /** The graph of a strip, with its share of the patches. */
  private FrameGraph strip(int rows) {
    TensorType whole = spec.input();
    Shape shape = whole.shape().withSize(rows, whole.shape().w());
    double share = (double) spec.k().among(frame.cells()) / frame.cells();
    FrameSpec strip = spec.withInput(whole.withShape(shape)).withK(PatchCount.share(share));
    return scheme.build(strip.withFeature(false));
  }

  @Override
  public FrameGraph frame() {
    return frame;
  }

  @Override
  public void run(Buffer input, Buffer output, Progress progress) {
    frame.requireRoom(input, output);
    if (input instanceof FloatBuffer floats) {
      run(new FloatStrips(frame, floats, (FloatBuffer) output)::run, progress);
    } else {
      run(RowSource.of((ByteBuffer) input), RowSink.into((ByteBuffer) output), progress);
    }
  }

  @Override
  public void run(RowSource input, RowSink output, Progress progress) {
    frame.requirePixels();
    if (window == null) {
      int bytes = Math.toIntExact(spec.input().bytes(stripHeight));
      window = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    run(new RowStrips(frame, input, output, window, times)::run, progress);
  }

  /** What runs a strip on its part of the frame's input and output. */
  private interface Ends {
    void run(FrameRunner runner, Strip strip, Progress progress);
  }

  private void run(Ends ends, Progress progress) {
    times.clear();
    IntStream.Builder cells = IntStream.builder();
    int done = 0;
    while (done < height) {
      int first = Math.max(0, done - halo);
      int end = Math.min(height, first + stripHeight);
      int last = end == height ? height : end - halo;
      prepare(end - first);
      Progress part = progress.part((double) done / height, (double) last / height);
      ends.run(strip, new Strip(first, end, done, last), part);
      strip.times().nanos().forEach(times::add);
      keepGuidance(first, done, last, cells);
      done = last;
    }
    selected = cells.build().toArray();
  }

  private void prepare(int rows) {
    if (strip != null && strip.frame().input().type().shape().h() == rows) {
      return;
    }
    close(); // first: there may be no room for two
    strip = maker.apply(strip(rows));
    if (strip == null) {
      throw new OutOfDeviceMemoryException("a strip of " + rows + " rows no longer fits");
    }
  }

  private void keepGuidance(int first, int from, int to, IntStream.Builder cells) {
    int p = scheme.p();
    int width = frame.gridWidth();
    int shift = first / p * width;
    int begin = from / p * width;
    int end = Blocks.count(to, p) * width;
    strip.mask().ifPresent(rows -> System.arraycopy(rows, begin - shift, mask, begin, end - begin));
    for (int cell : strip.selected()) {
      if (cell + shift >= begin && cell + shift < end) {
        cells.add(cell + shift);
      }
    }
  }

  @Override
  public Optional<float[]> mask() {
    return frame.mask().map(value -> mask.clone());
  }

  @Override
  public int[] selected() {
    return selected.clone();
  }

  /** They keep none. */
  @Override
  public Optional<float[]> feature() {
    return Optional.empty();
  }

  @Override
  public StageTimes times() {
    return times;
  }

  /** That of the highest strips; the last may be lower. */
  @Override
  public MemoryUse memory() {
    return memory;
  }

  @Override
  public void close() {
    if (strip != null) {
      strip.close();
      strip = null;
    }
  }
}
