package dev.loupe.guided;

import java.nio.Buffer;

/**
 * An engine that runs frames of one size, one after another, on a device or in plain Java. Not
 * thread-safe.
 */
public interface FrameRunner extends AutoCloseable {
  /** What it runs. */
  FrameGraph frame();

  /**
   * Runs one frame.
   *
   * @param input as the frame's input type says: a direct ByteBuffer of interleaved samples in
   *     native order, or a FloatBuffer of dense (3, H, W)
   * @param output likewise, of the output's size
   * @throws NotFiniteException if the picture has a NaN or an infinity
   */
  void run(Buffer input, Buffer output);

  /** The error mask of the last frame, one value a cell, in raster order. */
  float[] mask();

  /** The refined cells of the last frame, ascending. */
  int[] selected();

  /** The coarse feature of the last frame, dense (C, H, W); only where the spec keeps it. */
  float[] feature();

  /** How long each stage of the last frame took. */
  StageTimes times();

  /** Device memory that the frame's tensors take, in bytes; 0 in plain Java. */
  long plannedBytes();

  /** What they would take with no sharing, in bytes. */
  long separateBytes();

  @Override
  void close();
}
