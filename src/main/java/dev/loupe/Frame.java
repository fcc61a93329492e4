package dev.loupe;

import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.Progress;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * A frame of fixed size that runs again and again on the caller's buffers without allocating. For
 * one thread; made by {@link Upscaler#frame}, and closed before it.
 */
public final class Frame implements AutoCloseable {
  private final FrameRunner runner;
  private boolean closed;

  Frame(FrameRunner runner) {
    this.runner = runner;
  }

  /**
   * Runs one frame of interleaved samples.
   *
   * @param input direct, native byte order, height * width * samples of 1 or 2 bytes from its
   *     position
   * @param output direct, likewise, scale * scale as many
   * @throws IllegalArgumentException if a buffer is too small or not direct
   * @throws IllegalStateException after {@link #close}
   */
  public void run(ByteBuffer input, ByteBuffer output) {
    run(input, output, Progress.NONE);
  }

  /** As {@link #run(ByteBuffer, ByteBuffer)}, telling {@code progress}, which may cancel. */
  public void run(ByteBuffer input, ByteBuffer output, Progress progress) {
    requireOpen();
    requireDirect(input, "input");
    requireDirect(output, "output");
    runner.run(input, output, progress);
  }

  /**
   * Runs one frame of planar floats, (3, H, W) of the model's value range, from the buffers'
   * positions.
   */
  public void run(FloatBuffer input, FloatBuffer output) {
    requireOpen();
    runner.run(input, output, Progress.NONE);
  }

  private static void requireDirect(ByteBuffer buffer, String what) {
    if (!buffer.isDirect()) {
      throw new IllegalArgumentException(
          "the " + what + " buffer is not direct; use ByteBuffer.allocateDirect");
    }
  }

  /** The predicted error of each cell of the last frame, in raster order; of variant mask only. */
  public float[] mask() {
    requireOpen();
    return runner.mask();
  }

  /** The refined cells of the last frame, ascending. */
  public int[] selected() {
    requireOpen();
    return runner.selected();
  }

  /** Nanoseconds of each stage of the last frame. */
  public Map<String, Long> stageNanos() {
    return runner.times().nanos();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the frame is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      runner.close();
    }
  }
}
