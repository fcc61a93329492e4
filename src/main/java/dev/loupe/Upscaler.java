package dev.loupe;

import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.MemoryLimit;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.Progress;
import dev.loupe.guided.StageTimes;
import dev.loupe.guided.Variant;
import dev.loupe.image.Image;
import dev.loupe.tensor.Shape;
import java.awt.image.BufferedImage;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An upscaler of pictures: one model on one device.
 *
 * <pre>{@code
 * try (Upscaler up = Upscaler.builder().model("fsrcnn-x4").build()) {
 *   BufferedImage out = up.upscale(in);
 * }
 * }</pre>
 *
 * <p>{@link #upscale} and {@link #process} may be called from any thread and run one after another.
 * Pictures of the size of the last one reuse its device memory and launches. A {@link Frame} is for
 * one thread.
 */
public final class Upscaler implements AutoCloseable {
  /** Prepared frames kept: colour and alpha of one picture size. */
  private static final int PREPARED = 2;

  private final Model model;
  private final Engine engine;
  private final Variant variant;
  private final PatchCount k;
  private final MemoryLimit memory;
  private final Progress progress;
  private final Map<FrameSpec, FrameRunner> prepared = new LinkedHashMap<>(4, 0.75f, true);
  private boolean closed;

  Upscaler(UpscalerBuilder builder, Model model, Engine engine) {
    this.model = model;
    this.engine = engine;
    variant = builder.variantFor(model);
    k = builder.patchCountFor(model);
    memory = builder.memory();
    progress = builder.progress();
  }

  /** Starts with the defaults: the bundled model, the best device, variant mask. */
  public static UpscalerBuilder builder() {
    return new UpscalerBuilder();
  }

  /**
   * Upscales a picture of any size from 1x1 by the model's scale; depth, gray and alpha stay as
   * they are.
   *
   * @throws IllegalStateException after {@link #close}
   * @throws dev.loupe.guided.NotFiniteException if the result has a NaN
   * @throws java.util.concurrent.CancellationException if the progress hook cancels
   */
  public BufferedImage upscale(BufferedImage picture) {
    return process(Image.of(picture)).image().toBufferedImage();
  }

  /** As {@link #upscale}, with the mask, the chosen patches and the times beside the picture. */
  public synchronized Upscaled process(Image picture) {
    requireOpen();
    StageTimes times = new StageTimes();
    long start = System.nanoTime();
    Image colour = picture.colour();
    FrameRunner runner = runner(spec(colour));
    times.add("prepare", System.nanoTime() - start);
    Image result = run(runner, colour, progress);
    runner.times().nanos().forEach(times::add);
    Upscaled upscaled = Upscaled.of(result.withMetadata(picture.metadata()), runner, times);
    if (!picture.hasAlpha()) {
      return upscaled;
    }
    start = System.nanoTime();
    Image alpha = upscaleAlpha(picture);
    times.add("alpha", System.nanoTime() - start);
    return upscaled.withImage(upscaled.image().withAlpha(alpha));
  }

  /** Alpha goes through the same network as gray; a constant one need not. */
  private Image upscaleAlpha(Image picture) {
    Image alpha = picture.alpha().orElseThrow();
    if (!picture.isConstantAlpha()) {
      return run(runner(spec(alpha)), alpha, Progress.NONE);
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

  private FrameSpec spec(Image picture) {
    return FrameSpec.pixels(
        picture.height(), picture.width(), picture.channels(), picture.bitDepth(), variant, k);
  }

  private FrameRunner runner(FrameSpec spec) {
    FrameRunner ready = prepared.get(spec);
    if (ready != null) {
      return ready;
    }
    Iterator<FrameRunner> oldest = prepared.values().iterator();
    while (prepared.size() >= (memory == null ? PREPARED : 1)) {
      oldest.next().close();
      oldest.remove();
    }
    FrameRunner runner = prepare(spec);
    prepared.put(spec, runner);
    return runner;
  }

  private FrameRunner prepare(FrameSpec spec) {
    return engine.prepare(model.scheme(engine.patchBatch()), spec, memory);
  }

  /**
   * A frame of fixed size for callers who own buffers: nothing is allocated from one run to the
   * next. Close it before the upscaler.
   *
   * @param samples 1 (gray) or 3 (RGB) a pixel, interleaved
   * @param bitDepth 8 or 16
   */
  public synchronized Frame frame(int width, int height, int samples, int bitDepth) {
    requireOpen();
    return new Frame(prepare(FrameSpec.pixels(height, width, samples, bitDepth, variant, k)));
  }

  /**
   * As {@link #frame} with planar floats, (3, height, width) in and (3, height * scale, width *
   * scale) out.
   */
  public synchronized Frame floatFrame(int width, int height) {
    requireOpen();
    return new Frame(prepare(FrameSpec.floats(height, width, variant, k)));
  }

  public Model model() {
    return model;
  }

  public Engine engine() {
    return engine;
  }

  public Variant variant() {
    return variant;
  }

  public PatchCount patchCount() {
    return k;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the upscaler is closed");
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      prepared.values().forEach(FrameRunner::close);
      prepared.clear();
      engine.close();
    }
  }
}
