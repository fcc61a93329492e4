package dev.loupe;

import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.MemoryLimit;
import dev.loupe.guided.MemoryUse;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.Progress;
import dev.loupe.guided.StageTimes;
import dev.loupe.image.AlphaSink;
import dev.loupe.image.Image;
import dev.loupe.image.ImageHeader;
import dev.loupe.image.ImageRows;
import dev.loupe.image.RowSink;
import dev.loupe.image.VisibleColour;
import dev.loupe.op.Precision;
import dev.loupe.opencl.HostMemory;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.Variant;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An upscaler of pictures: one model on one device.
 *
 * <pre>{@code
 * try (Upscaler up = Upscaler.builder().model("fsrcnn-x4").build()) {
 *   BufferedImage out = up.upscale(in);
 * }
 * }</pre>
 *
 * <p>All may be called from any thread; pictures and {@link Frame frames} run one after another.
 * Pictures of the size of the last one reuse its device memory and launches.
 */
public final class Upscaler implements AutoCloseable {
  /** Prepared frames kept: colour and alpha of one picture size. */
  private static final int PREPARED = 2;

  private final Model model;
  private final Engine engine;
  private final Variant variant;
  private final PatchCount k;
  private final MemoryLimit memory;
  private final Precision precision;
  private final boolean ensemble;
  private final Progress progress;
  private final Map<FrameSpec, FrameRunner> prepared = new LinkedHashMap<>(4, 0.75f, true);
  private final List<Frame> frames = new ArrayList<>();
  private final List<HostMemory> memories = new ArrayList<>();
  private boolean busy;
  private boolean closed;

  Upscaler(UpscalerBuilder builder, Model model, Engine engine) {
    this.model = model;
    this.engine = engine;
    variant = builder.variantFor(model);
    k = builder.patchCountFor(model);
    memory = builder.memory();
    precision = builder.precision();
    ensemble = builder.isSelfEnsemble();
    progress = builder.progress();
  }

  /** Starts with the defaults: the bundled model, the best device, variant mask. */
  public static UpscalerBuilder builder() {
    return new UpscalerBuilder();
  }

  /**
   * Upscales a picture of any size from 1x1 by the model's scale; depth, gray and alpha stay as
   * they are. Fully transparent pixels take the colours around them.
   *
   * @return of a palette of grays RGB, as Java takes a palette's grays for sRGB and those of a gray
   *     picture for linear light
   * @throws dev.loupe.image.ImageException if it is neither gray nor RGB, or too large
   * @throws IllegalStateException after {@link #close}, or within a callback of this upscaler
   * @throws dev.loupe.guided.NotFiniteException if the result has a NaN
   * @throws java.util.concurrent.CancellationException if the progress hook cancels
   */
  public BufferedImage upscale(BufferedImage picture) {
    Image result = process(Image.of(picture)).image();
    boolean isPalette = picture.getColorModel() instanceof IndexColorModel;
    return (isPalette ? result.toRgb() : result).toBufferedImage();
  }

  /**
   * As {@link #upscale}, with the mask, the chosen patches and the times beside the picture, whose
   * metadata goes along.
   *
   * @return the picture, scale times as wide and as high
   * @throws IllegalStateException as {@link #upscale}
   * @throws dev.loupe.guided.NotFiniteException if the result has a NaN
   * @throws java.util.concurrent.CancellationException if the progress hook cancels
   */
  public synchronized Upscaled process(Image picture) {
    return alone(() -> upscaled(picture));
  }

  private Upscaled upscaled(Image picture) {
    StageTimes times = new StageTimes();
    long start = System.nanoTime();
    Image colour = VisibleColour.of(picture);
    FrameRunner runner = runner(spec(colour.header()));
    times.add("prepare", System.nanoTime() - start);
    Image result = run(runner, colour, progress);
    runner.times().nanos().forEach(times::add);
    Guidance guidance = Guidance.of(runner);
    MemoryUse memory = runner.memory();
    if (picture.hasAlpha()) {
      start = System.nanoTime();
      Image alpha = upscaleAlpha(picture);
      times.add("alpha", System.nanoTime() - start);
      result = result.withAlpha(alpha);
    }
    Work work = new Work(guidance, times.nanos(), memory);
    return new Upscaled(result.withMetadata(picture.metadata()), work);
  }

  /**
   * Upscales a picture row by row, so that neither it nor its result need be in memory, and the
   * result may pass 2 GiB:
   *
   * <pre>{@code
   * try (ImageRows in = ImageReader.open(file)) {
   *   ImageHeader out = in.header().scaled(up.model().metadata().scale());
   *   ImageWriter.write(out, target, WriteOptions.DEFAULT, rows -> up.process(in, rows));
   * }
   * }</pre>
   *
   * <p>The samples are those of {@link #process(Image)}. Alpha is made first, and held whole, as is
   * a picture that has it. A self-ensemble holds the picture and its result whole.
   *
   * @param picture rows of which none was read yet
   * @param result takes the rows; some may be out when this throws. It must not use this upscaler.
   * @throws dev.loupe.image.ImageException if they cannot be read
   * @throws IllegalArgumentException if a self-ensemble would have more than 2^31 samples
   * @throws IllegalStateException as {@link #upscale}
   * @throws dev.loupe.guided.NotFiniteException if the result has a NaN
   * @throws java.util.concurrent.CancellationException if the progress hook cancels
   */
  public synchronized Work process(ImageRows picture, RowSink result) {
    return alone(() -> processRows(picture, result));
  }

  private Work processRows(ImageRows picture, RowSink result) {
    StageTimes times = new StageTimes();
    if (!picture.header().hasAlpha()) {
      return processColour(picture, result, times);
    }
    Image whole = picture.whole();
    long start = System.nanoTime();
    Image alpha = upscaleAlpha(whole);
    times.add("alpha", System.nanoTime() - start);
    ImageHeader header = whole.header().scaled(model.metadata().scale());
    RowSink joined = new AlphaSink(header, alpha.rows(), result);
    return processColour(VisibleColour.of(whole).rows(), joined, times);
  }

  private Work processColour(ImageRows colour, RowSink result, StageTimes times) {
    long start = System.nanoTime();
    FrameRunner runner = runner(spec(colour.header()));
    times.add("prepare", System.nanoTime() - start);
    StageTimes ends = new StageTimes();
    runner.run(
        rows -> timed(ends, "decode", () -> colour.get(rows)),
        rows -> timed(ends, "encode", () -> result.put(rows)),
        progress);
    runner.times().nanos().forEach(times::add);
    // Rows were fetched and handed on while they crossed over.
    times.add("upload", -ends.nanos().get("decode"));
    times.add("download", -ends.nanos().get("encode"));
    ends.nanos().forEach(times::add);
    return new Work(Guidance.of(runner), times.nanos(), runner.memory());
  }

  private static void timed(StageTimes times, String stage, Runnable task) {
    long start = System.nanoTime();
    task.run();
    times.add(stage, System.nanoTime() - start);
  }

  /** Alpha goes through the same network as gray; a constant one need not. */
  private Image upscaleAlpha(Image picture) {
    Image alpha = picture.alpha().orElseThrow();
    if (!picture.isConstantAlpha()) {
      return run(runner(spec(alpha.header())), alpha, Progress.NONE);
    }
    int scale = model.metadata().scale();
    return Image.constant(
        alpha.width() * scale, alpha.height() * scale, alpha.bitDepth(), alpha.get(0, 0, 0));
  }

  private static Image run(FrameRunner runner, Image picture, Progress progress) {
    Shape size = runner.frame().output().type().shape();
    Image result = Image.allocate(size.w(), size.h(), picture.channels(), picture.bitDepth());
    runner.run(picture.samples(), result.samples(), progress);
    return result;
  }

  private FrameSpec spec(ImageHeader picture) {
    return pixels(picture.width(), picture.height(), picture.channels(), picture.bitDepth());
  }

  private FrameSpec pixels(int width, int height, int samples, int bitDepth) {
    return FrameSpec.pixels(width, height, samples, bitDepth, variant, k).withEnsemble(ensemble);
  }

  private FrameRunner runner(FrameSpec spec) {
    FrameRunner ready = prepared.get(spec);
    if (ready != null) {
      return ready;
    }
    Iterator<FrameRunner> oldest = prepared.values().iterator();
    while (prepared.size() >= (memory == null && !ensemble ? PREPARED : 1)) {
      oldest.next().close();
      oldest.remove();
    }
    FrameRunner runner = prepare(spec);
    prepared.put(spec, runner);
    return runner;
  }

  private FrameRunner prepare(FrameSpec spec) {
    return engine.prepare(model.scheme(engine.patchBatch()), spec.withPrecision(precision), memory);
  }

  /**
   * A frame of fixed size for callers who own buffers: next to nothing is allocated from one run to
   * the next. It ends with the upscaler, if it is not closed before.
   *
   * @param samples 1 (gray) or 3 (RGB) a pixel, interleaved
   * @param bitDepth 8 or 16
   * @throws IllegalArgumentException naming the number that is out of range
   */
  public Frame frame(int width, int height, int samples, int bitDepth) {
    if (samples != 1 && samples != 3) {
      throw new IllegalArgumentException(
          "%d samples a pixel: a frame has 1 (gray) or 3 (RGB)".formatted(samples));
    }
    if (bitDepth != 8 && bitDepth != 16) {
      throw new IllegalArgumentException(
          "%d bits a sample: a frame has 8 or 16".formatted(bitDepth));
    }
    requireSize(width, height, samples * bitDepth / Byte.SIZE);
    return frame(pixels(width, height, samples, bitDepth));
  }

  /**
   * As {@link #frame} with planar floats, (3, height, width) in and (3, height * scale, width *
   * scale) out, of the model's value range.
   *
   * @throws IllegalArgumentException as {@link #frame}, or if this upscaler makes self-ensembles
   */
  public Frame floatFrame(int width, int height) {
    requireSize(width, height, 3 * Float.BYTES);
    return frame(FrameSpec.floats(width, height, variant, k).withEnsemble(ensemble));
  }

  private void requireSize(int width, int height, int pixelBytes) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("%dx%d: a frame is at least 1x1".formatted(width, height));
    }
    int scale = model.metadata().scale();
    double bytes = (double) width * height * scale * scale * pixelBytes;
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%dx%d: the result of %.1f GB is beyond a buffer's 2 GiB; take a smaller frame, or process"
              .formatted(width, height, bytes / 1e9));
    }
  }

  private synchronized Frame frame(FrameSpec spec) {
    requireOpen();
    requireIdle();
    Frame frame = new Frame(prepare(spec), this);
    frames.removeIf(Frame::isClosed);
    frames.add(frame);
    return frame;
  }

  /**
   * Memory for the buffers of a {@link #frame}. For a GPU with memory of its own it is page-locked,
   * so that pixels cross over without the driver's copies; else it is as any direct buffer.
   *
   * <pre>{@code
   * try (Frame frame = up.frame(960, 540, 3, 8);
   *     HostMemory in = up.hostMemory(960 * 540 * 3);
   *     HostMemory out = up.hostMemory(3840 * 2160 * 3)) {
   *   while (next(in.buffer().clear())) {
   *     frame.run(in.buffer().clear(), out.buffer().clear());
   *     show(out.buffer());
   *   }
   * }
   * }</pre>
   *
   * <p>It ends with the upscaler, if it is not closed before, and a buffer over it must not be
   * touched after that: see {@link HostMemory}.
   *
   * @param bytes size, at least 1
   * @throws IllegalArgumentException if it is less
   * @throws IllegalStateException after {@link #close}
   */
  public synchronized HostMemory hostMemory(int bytes) {
    requireOpen();
    requireIdle();
    HostMemory memory = engine.hostMemory(bytes);
    memories.removeIf(m -> !m.isOpen());
    memories.add(memory);
    return memory;
  }

  /** What it upscales with. */
  public Model model() {
    return model;
  }

  /** Where it computes. */
  public Engine engine() {
    return engine;
  }

  /** How much of the scheme runs. */
  public Variant variant() {
    return variant;
  }

  /** How tensors are stored on the device. */
  public Precision precision() {
    return precision;
  }

  /** Whether pictures are made in their eight symmetries, see {@link UpscalerBuilder}. */
  public boolean isSelfEnsemble() {
    return ensemble;
  }

  /** How many patches variant mask refines. */
  public PatchCount patchCount() {
    return k;
  }

  /**
   * Does what callbacks must not do meanwhile: most run in the thread that has the lock, and would
   * take the frame away under its own feet.
   */
  <T> T alone(Supplier<T> work) {
    requireOpen();
    requireIdle();
    busy = true;
    try {
      return work.get();
    } finally {
      busy = false;
    }
  }

  void requireIdle() {
    if (busy) {
      throw new IllegalStateException("the upscaler is at work; its callbacks must not use it");
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the upscaler is closed");
    }
  }

  /**
   * Closes its frames and host memory too, and the device. A second time does nothing.
   *
   * @throws IllegalStateException within a callback of this upscaler
   */
  @Override
  public synchronized void close() {
    requireIdle();
    if (!closed) {
      closed = true;
      frames.forEach(Frame::close);
      prepared.values().forEach(FrameRunner::close);
      prepared.clear();
      memories.forEach(HostMemory::close);
      engine.close();
    }
  }
}
