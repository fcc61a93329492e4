package dev.loupe.guided;

import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import java.nio.Buffer;
import java.util.Optional;

/**
 * What runs frames of one size, one after another, on a device or in plain Java. Not thread-safe.
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
   * @param progress hears how far it is, and may cancel
   * @throws NotFiniteException if the picture has a NaN or an infinity
   * @throws IllegalArgumentException if a buffer holds too little
   */
  void run(Buffer input, Buffer output, Progress progress);

  /** As {@link #run(Buffer, Buffer, Progress)} without a listener. */
  default void run(Buffer input, Buffer output) {
    run(input, output, Progress.NONE);
  }

  /**
   * Runs one frame of pixels whose rows are fetched as they are needed and handed on as they are
   * made, so that neither picture need be in memory. The bytes are those of {@link #run(Buffer,
   * Buffer, Progress)}.
   *
   * @throws NotFiniteException if the picture has a NaN or an infinity; some rows may be out by
   *     then
   * @throws IllegalArgumentException if this is a frame of floats
   */
  void run(RowSource input, RowSink output, Progress progress);

  /** The error mask of the last frame, one value a cell, in raster order; of variant mask only. */
  Optional<float[]> mask();

  /** The refined cells of the last frame, ascending. */
  int[] selected();

  /** The coarse feature of the last frame, dense (C, H, W), where the spec wants it kept. */
  Optional<float[]> feature();

  /** How long each stage of the last frame took. */
  StageTimes times();

  /** The device memory of the frame's tensors. */
  MemoryUse memory();

  @Override
  void close();
}
