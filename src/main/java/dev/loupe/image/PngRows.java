package dev.loupe.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A PNG that is decoded as its rows are asked for; the file is opened at the first. */
final class PngRows implements ImageRows {
  private final Path file;
  private final PngHeader stored;
  private final ImageHeader header;
  private final PngRow row;
  private final Image pixels;
  private InputStream in;
  private PngScanlines lines;
  private int rowsLeft;
  private boolean isClosed;

  /**
   * The rows of a PNG that stores them from the top down.
   *
   * @param stored its header
   * @param header what they become
   * @param colours the palette, or null
   * @param key the one transparent colour, or null
   */
  PngRows(Path file, PngHeader stored, ImageHeader header, int[] colours, byte[] key)
      throws IOException {
    this.file = file;
    this.stored = stored;
    this.header = header;
    pixels = Image.allocate(header.width(), 1, header.channels(), header.bitDepth());
    row = new PngRow(stored, colours, key, pixels);
    rowsLeft = header.height();
  }

  @Override
  public ImageHeader header() {
    return header;
  }

  @Override
  public void get(ByteBuffer rows) {
    requireRows(rows.remaining());
    ImageReader.read(
        file,
        () -> {
          decode(rows);
          return null;
        });
  }

  /** Asked before decoding, where every exception means damage. */
  private void requireRows(int bytes) {
    int rowBytes = header.rowBytes();
    if (isClosed || bytes % rowBytes != 0 || bytes / rowBytes > rowsLeft) {
      throw new IllegalStateException(
          "%d bytes of rows of %d are asked for where %s; rows can be had once"
              .formatted(
                  bytes, rowBytes, isClosed ? "the picture is closed" : rowsLeft + " are left"));
    }
  }

  private void decode(ByteBuffer rows) throws IOException {
    if (lines == null) {
      closeFile(); // a try before may have failed half way
      in = PngReader.newInputStream(file);
      PngChunks chunks = new PngChunks(in);
      while (!chunks.next().equals("IDAT")) {
        // checked and understood before
      }
      lines = new PngScanlines(chunks, stored);
      lines.begin(header.width());
    }
    while (rows.hasRemaining()) {
      row.store(lines.next(), header.width(), 0, 1, 0);
      rows.put(pixels.samples());
      if (--rowsLeft == 0) {
        lines.finish();
      }
    }
  }

  @Override
  public void close() {
    isClosed = true;
    closeFile();
  }

  private void closeFile() {
    if (lines != null) {
      lines.close();
    }
    if (in != null) {
      try {
        in.close();
      } catch (IOException e) {
        // all that was wanted of it has been read
      }
    }
  }
}
