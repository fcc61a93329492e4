package dev.loupe.image;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A chunk of a WebP file or of a frame of one (RIFF, WebP container specification).
 *
 * @param type of four letters
 * @param body from position 0 to its limit
 */
record WebpChunk(String type, ByteBuffer body) {
  /** Of a file, before its first chunk. */
  static final int HEADER_BYTES = 12;

  /** Of a chunk, before its body. */
  private static final int TAG_BYTES = 8;

  /** Bits of VP8X, which says what else a file has. */
  static final int HAS_ICC = 0x20;

  static final int HAS_ALPHA = 0x10;
  static final int HAS_EXIF = 0x08;
  static final int HAS_XMP = 0x04;

  WebpChunk(String type, byte[] body) {
    this(type, ByteBuffer.wrap(body));
  }

  /** The body's bytes, copied. */
  byte[] bytes() {
    byte[] bytes = new byte[body.limit()];
    body.get(0, bytes);
    return bytes;
  }

  /**
   * The chunks of a buffer from its position on.
   *
   * @throws EOFException if the last is not whole
   */
  static List<WebpChunk> of(ByteBuffer chunks) throws EOFException {
    ByteBuffer riff = chunks.slice().order(ByteOrder.LITTLE_ENDIAN);
    List<WebpChunk> all = new ArrayList<>();
    for (long at = 0; at + TAG_BYTES <= riff.limit(); ) {
      byte[] type = new byte[4];
      riff.get((int) at, type);
      long size = riff.getInt((int) at + type.length) & 0xFFFFFFFFL;
      if (at + TAG_BYTES + size > riff.limit()) {
        throw new EOFException("WebP ends inside a chunk");
      }
      ByteBuffer body = riff.slice((int) at + TAG_BYTES, (int) size);
      all.add(new WebpChunk(new String(type, StandardCharsets.ISO_8859_1), body));
      at += TAG_BYTES + size + size % 2;
    }
    return all;
  }

  /** The chunk with which an extended file begins; sides are 1..2^24. */
  static WebpChunk extended(int flags, int width, int height) {
    ByteBuffer body = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putInt(flags);
    for (int less1 : new int[] {width - 1, height - 1}) {
      body.putShort((short) less1).put((byte) (less1 >> Short.SIZE));
    }
    return new WebpChunk("VP8X", body.array());
  }

  /** Writes a file of these chunks. */
  static void write(List<WebpChunk> chunks, OutputStream out) throws IOException {
    long bytes = 4; // "WEBP"
    for (WebpChunk chunk : chunks) {
      bytes += TAG_BYTES + even(chunk.body().limit());
    }
    out.write(tag("RIFF", bytes));
    out.write("WEBP".getBytes(StandardCharsets.ISO_8859_1));
    for (WebpChunk chunk : chunks) {
      byte[] body = chunk.bytes();
      out.write(tag(chunk.type(), body.length));
      out.write(body);
      out.write(new byte[body.length % 2]);
    }
  }

  private static byte[] tag(String type, long size) {
    return ByteBuffer.allocate(TAG_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(type.getBytes(StandardCharsets.ISO_8859_1))
        .putInt((int) size)
        .array();
  }

  private static long even(long size) {
    return size + size % 2;
  }
}
