package dev.loupe.image;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** The rows in a PNG's IDAT chunks, inflated and their filters undone. */
final class PngScanlines implements AutoCloseable {
  private final PngChunks chunks;
  private final PngHeader header;
  private final Inflater inflater = new Inflater();
  private final DataInputStream in;
  private byte[] above = {};
  private byte[] current = {};

  /** The rows from the current chunk on, the first IDAT. */
  PngScanlines(PngChunks chunks, PngHeader header) {
    this.chunks = chunks;
    this.header = header;
    in = new DataInputStream(new InflaterInputStream(chunks.imageData(), inflater, 1 << 15));
  }

  /** Begins a pass, whose rows have so many pixels. */
  void begin(int columns) throws IOException {
    int rowBytes = header.rowBytes(columns);
    above = new byte[rowBytes];
    current = new byte[rowBytes];
  }

  /** The next row of the pass as it is stored, good until the next but one is asked for. */
  byte[] next() throws IOException {
    byte[] swap = above;
    above = current;
    current = swap;
    int filter = in.readUnsignedByte();
    in.readFully(current);
    PngFilter.undo(filter, current, above, header.filterStep());
    return current;
  }

  /** Reads what is left after the last row. */
  void finish() throws IOException {
    byte[] rest = new byte[1 << 12];
    while (in.read(rest) >= 0) {
      // up to the checksum, which the inflater verifies
    }
    InputStream idat = chunks.imageData();
    while (idat.read(rest) >= 0) {
      // bytes after the deflate stream, as some writers leave
    }
  }

  @Override
  public void close() {
    inflater.end();
  }
}
