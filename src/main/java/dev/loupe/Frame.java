package dev.loupe;

import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.Progress;
import dev.loupe.op.Layout;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A frame of fixed size that runs again and again on the caller's buffers, and allocates a kilobyte
 * of Java's memory a run, with JOCL seven; made by {@link Upscaler#frame}. Buffers of {@link
 * Upscaler#hostMemory} spare a GPU's driver a copy. It may be used from any thread; runs of one
 * upscaler and its frames come one after another, as they share a device queue, and closing waits
 * for them. What mask, selected and stageNanos tell is of the last run, whichever thread's it was.
 * Frames so large that they are made in tiles, and self-ensembles, allocate more.
 */
public final class Frame implements AutoCloseable {
  private final FrameRunner runner;
  private final Upscaler owner;
  private boolean hasRun;
  private boolean closed;

  /** A frame that runs while nothing else of {@code owner} does. */
  Frame(FrameRunner runner, Upscaler owner) {
    this.runner = runner;
    this.owner = owner;
  }

  /**
   * Runs one frame of interleaved samples.
   *
   * @param input direct, native byte order, height * width * samples of 1 or 2 bytes from its
   *     position
   * @param output direct, likewise, scale * scale as many
   * @throws IllegalArgumentException if a buffer is too small or not direct, or if samples of 16
   *     bits are in another byte order than the machine's
   * @throws dev.loupe.guided.NotFiniteException if the result has a NaN
   * @throws IllegalStateException after {@link #close}, or that of the upscaler, or within a
   *     callback of it
   */
  public void run(ByteBuffer input, ByteBuffer output) {
    run(input, output, Progress.NONE);
  }

  /** As {@link #run(ByteBuffer, ByteBuffer)}, telling {@code progress}, which may cancel. */
  public void run(ByteBuffer input, ByteBuffer output, Progress progress) {
    requireSamples(input, "input");
    requireSamples(output, "output");
    runAny(input, output, progress);
  }

  /**
   * Runs one frame of planar floats of the model's value range (0 to 1, or 0 to 255).
   *
   * @param input (3, height, width), from its position
   * @param output (3, height * scale, width * scale), likewise; not clamped to the range
   * @throws IllegalArgumentException if a buffer is too small
   * @throws dev.loupe.guided.NotFiniteException if the result has a NaN or an infinity
   * @throws IllegalStateException after {@link #close}, or that of the upscaler, or within a
   *     callback of it
   */
  public void run(FloatBuffer input, FloatBuffer output) {
    runAny(input, output, Progress.NONE);
  }

  private void runAny(Buffer input, Buffer output, Progress progress) {
    synchronized (owner) {
      FrameRunner open = open();
      hasRun = false;
      owner.alone(
          () -> {
            open.run(input, output, progress);
            return null;
          });
      hasRun = true;
    }
  }

  private void requireSamples(ByteBuffer buffer, String what) {
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException(
          "the " + what + " buffer is not direct; use ByteBuffer.allocateDirect");
    }
    // A new ByteBuffer is big-endian, which few machines are: the samples would be noise.
    boolean is16Bit = runner.frame().input().type().layout() == Layout.PIXELS16;
    if (is16Bit && buffer.order() != ByteOrder.nativeOrder()) {
      throw new IllegalArgumentException(
          "the %s buffer is %s; call order(ByteOrder.nativeOrder()) on it (slices and duplicates lose it)"
              .formatted(what, buffer.order()));
    }
  }

  /**
   * The predicted error of each cell of the last frame, in raster order; of variant mask only.
   *
   * @throws IllegalStateException of other variants, before a first run has ended or after {@link
   *     #close}
   */
  public float[] mask() {
    synchronized (owner) {
      return lastRun()
          .mask()
          .orElseThrow(() -> new IllegalStateException("this frame has no mask to read"));
    }
  }

  /**
   * The refined cells of the last frame, ascending.
   *
   * @throws IllegalStateException before a first run has ended or after {@link #close}
   */
  public int[] selected() {
    synchronized (owner) {
      return lastRun().selected();
    }
  }

  /**
   * Nanoseconds of each stage of the last frame, in their order.
   *
   * @throws IllegalStateException before a first run has ended or after {@link #close}
   */
  public Map<String, Long> stageNanos() {
    synchronized (owner) {
      return lastRun().times().nanos();
    }
  }

  boolean isClosed() {
    return closed;
  }

  private FrameRunner open() {
    if (closed) {
      throw new IllegalStateException("the frame is closed");
    }
    return runner;
  }

  private FrameRunner lastRun() {
    FrameRunner open = open();
    if (!hasRun) {
      throw new IllegalStateException("the frame has not run to its end yet");
    }
    return open;
  }

  @Override
  public void close() {
    synchronized (owner) {
      owner.requireIdle();
      if (!closed) {
        closed = true;
        runner.close();
      }
    }
  }
}
