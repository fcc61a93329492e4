package dev.loupe;

import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.Progress;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A frame of fixed size that runs again and again on the caller's buffers without allocating; made
 * by {@link Upscaler#frame}. Buffers of {@link Upscaler#hostMemory} spare a GPU's driver a copy. It
 * may be used from any thread; runs of one upscaler and its frames come one after another, as they
 * share a device queue, and closing waits for them. What mask, selected and stageNanos tell is of
 * the last run, whichever thread's it was. Frames so large that they are made in strips do
 * allocate.
 */
public final class Frame implements AutoCloseable {
  private final FrameRunner runner;
  private final Object lock;
  private boolean closed;

  /** A frame that runs while it holds {@code lock}. */
  Frame(FrameRunner runner, Object lock) {
    this.runner = runner;
    this.lock = lock;
  }

  /**
   * Runs one frame of interleaved samples.
   *
   * @param input direct, native byte order, height * width * samples of 1 or 2 bytes from its
   *     position
   * @param output direct, likewise, scale * scale as many
   * @throws IllegalArgumentException if a buffer is too small or not direct
   * @throws IllegalStateException after {@link #close}, or that of the upscaler
   */
  public void run(ByteBuffer input, ByteBuffer output) {
    run(input, output, Progress.NONE);
  }

  /** As {@link #run(ByteBuffer, ByteBuffer)}, telling {@code progress}, which may cancel. */
  public void run(ByteBuffer input, ByteBuffer output, Progress progress) {
    requireDirect(input, "input");
    requireDirect(output, "output");
    synchronized (lock) {
      open().run(input, output, progress);
    }
  }

  /**
   * Runs one frame of planar floats, (3, H, W) of the model's value range, from the buffers'
   * positions.
   */
  public void run(FloatBuffer input, FloatBuffer output) {
    synchronized (lock) {
      open().run(input, output, Progress.NONE);
    }
  }

  private static void requireDirect(ByteBuffer buffer, String what) {
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException(
          "the " + what + " buffer is not direct; use ByteBuffer.allocateDirect");
    }
  }

  /** The predicted error of each cell of the last frame, in raster order; of variant mask only. */
  public float[] mask() {
    synchronized (lock) {
      return open().mask();
    }
  }

  /** The refined cells of the last frame, ascending. */
  public int[] selected() {
    synchronized (lock) {
      return open().selected();
    }
  }

  /** Nanoseconds of each stage of the last frame, in their order. */
  public Map<String, Long> stageNanos() {
    synchronized (lock) {
      return new LinkedHashMap<>(runner.times().nanos());
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

  @Override
  public void close() {
    synchronized (lock) {
      if (!closed) {
        closed = true;
        runner.close();
      }
    }
  }
}
