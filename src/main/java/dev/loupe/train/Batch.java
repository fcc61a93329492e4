package dev.loupe.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A batch of crops on the host, as {@link dev.loupe.op.CropsToTensor} reads them: 8-bit samples,
 * planar, the batch innermost.
 *
 * @param lowRes the crops
 * @param highRes their true pictures
 */
record Batch(ByteBuffer lowRes, ByteBuffer highRes) {
  /** Memory for a batch. */
  static Batch allocate(CropShape shape) {
    return new Batch(direct(shape.lowRes().bytes()), direct(shape.highRes().bytes()));
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }
}
