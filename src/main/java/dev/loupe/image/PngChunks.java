package dev.loupe.image;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A PNG file's chunks in order, each checked by its CRC; the IDAT chunks can be read as one stream.
 */
final class PngChunks {
  static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int LARGEST_BODY = 64 << 20;

  private final DataInputStream in;
  private final CRC32 crc = new CRC32();
  private String type = "";
  private int left;

  PngChunks(InputStream in) throws IOException {
    this.in = new DataInputStream(in);
    this.in.readFully(new byte[SIGNATURE.length]); // the caller chose PNG by it
  }

  /** Goes to the next chunk, leaving out what is left of this one, and returns its type. */
  String next() throws IOException {
    if (!type.isEmpty()) {
      skipBody();
    }
    left = in.readInt();
    byte[] name = new byte[4];
    in.readFully(name);
    crc.reset();
    crc.update(name);
    type = new String(name, StandardCharsets.ISO_8859_1);
    if (left < 0) {
      throw new IOException("PNG chunk of %d bytes".formatted(left & 0xFFFFFFFFL));
    }
    return type;
  }

  /** Leaves out what is left of the current chunk, and checks its CRC. */
  void skipBody() throws IOException {
    byte[] buffer = new byte[Math.min(left, 1 << 13)];
    while (left > 0) {
      readBody(buffer, 0, buffer.length);
    }
    checkCrc();
  }

  private void checkCrc() throws IOException {
    if (in.readInt() != (int) crc.getValue()) {
      throw new IOException("PNG chunk " + type.replaceAll("[^A-Za-z]", "?") + " has a wrong CRC");
    }
    type = "";
  }

  private int readBody(byte[] target, int offset, int length) throws IOException {
    int count = in.read(target, offset, Math.min(length, left));
    if (count < 0) {
      throw new EOFException("PNG ends inside a chunk");
    }
    crc.update(target, offset, count);
    left -= count;
    return count;
  }

  /** All bytes of the current chunk. */
  byte[] body() throws IOException {
    if (left > LARGEST_BODY) {
      throw new IOException("PNG chunk of %d bytes".formatted(left));
    }
    byte[] body = new byte[left];
    for (int at = 0; at < body.length; ) {
      at += readBody(body, at, body.length - at);
    }
    return body;
  }

  /**
   * The bytes of the current IDAT chunk and those which follow it; at the end of the stream the
   * chunk after them is current, and {@link #type} names it.
   */
  InputStream imageData() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        while (left == 0 && type.equals("IDAT")) {
          next();
        }
        return type.equals("IDAT") ? readBody(target, offset, length) : -1;
      }
    };
  }

  /** The current chunk's type. */
  String type() {
    return type;
  }
}
