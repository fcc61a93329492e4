package dev.loupe.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A sink of gray or RGB rows, which go on with their alpha put in. */
public final class AlphaSink implements RowSink {
  private static final int PART_BYTES = 1 << 20;

  private final RowSource alpha;
  private final RowSink sink;
  private final int colourBytes;
  private final int alphaBytes;
  private final ByteBuffer alphas;
  private final ByteBuffer joined;

  /**
   * A sink for the rows of a whole picture.
   *
   * @param header the picture with its alpha
   * @param alpha its alpha, rows of one sample a pixel
   * @param sink takes the rows of the picture
   */
  public AlphaSink(ImageHeader header, RowSource alpha, RowSink sink) {
    this.alpha = alpha;
    this.sink = sink;
    alphaBytes = header.bitDepth() / 8;
    colourBytes = header.pixelBytes() - alphaBytes;
    int rows = Math.max(1, Math.min(header.height(), PART_BYTES / header.rowBytes()));
    joined = direct(Math.multiplyExact(rows, header.rowBytes()));
    alphas = direct(rows * header.width() * alphaBytes);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void put(ByteBuffer rows) {
    int most = alphas.capacity() / alphaBytes * colourBytes;
    while (rows.hasRemaining()) {
      int pixels = Math.min(most, rows.remaining()) / colourBytes;
      alphas.clear().limit(pixels * alphaBytes);
      alpha.get(alphas);
      alphas.flip();
      joined.clear();
      for (int i = 0; i < pixels; i++) {
        for (int b = 0; b < colourBytes; b++) {
          joined.put(rows.get());
        }
        for (int b = 0; b < alphaBytes; b++) {
          joined.put(alphas.get());
        }
      }
      sink.put(joined.flip());
    }
  }
}
