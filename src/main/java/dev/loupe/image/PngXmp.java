package dev.loupe.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The PNG text chunk that holds an XMP packet (PNG, third edition, 11.3.3.4 and annex C). */
final class PngXmp {
  static final String CHUNK = "iTXt";

  private static final byte[] KEYWORD = "XML:com.adobe.xmp\0".getBytes(StandardCharsets.ISO_8859_1);

  private PngXmp() {}

  /** The chunk's body: the keyword, no compression, no language, no translation, the packet. */
  static byte[] body(byte[] packet) {
    int start = KEYWORD.length + 4;
    byte[] body = Arrays.copyOf(KEYWORD, start + packet.length);
    System.arraycopy(packet, 0, body, start, packet.length);
    return body;
  }

  /** The packet in a chunk's body, or null if it is another text or damaged. */
  static byte[] packet(byte[] body) {
    if (body.length < KEYWORD.length + 4
        || !Arrays.equals(body, 0, KEYWORD.length, KEYWORD, 0, KEYWORD.length)) {
      return null;
    }
    int start = afterZero(body, afterZero(body, KEYWORD.length + 2)); // language, translation
    boolean compressed = body[KEYWORD.length] != 0;
    return compressed
        ? PngReader.inflate(body, start)
        : Arrays.copyOfRange(body, start, body.length);
  }

  private static int afterZero(byte[] body, int from) {
    int at = from;
    while (at < body.length && body[at] != 0) {
      at++;
    }
    return Math.min(at + 1, body.length);
  }
}
