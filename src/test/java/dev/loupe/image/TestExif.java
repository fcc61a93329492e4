package dev.loupe.image;

import java.nio.ByteBuffer;

/** Tiny EXIF blocks for tests: big-endian, orientation and pixel size. */
final class TestExif {
  private TestExif() {}

  static byte[] block(int orientation, int width, int height) {
    ByteBuffer out = ByteBuffer.allocate(8 + 2 + 24 + 4 + 2 + 24 + 4);
    out.put((byte) 'M').put((byte) 'M').putShort((short) 42).putInt(8);
    out.putShort((short) 2);
    entry(out, 0x0112, 3, orientation << 16);
    entry(out, 0x8769, 4, 8 + 2 + 24 + 4);
    out.putInt(0);
    out.putShort((short) 2);
    entry(out, 0xA002, 4, width);
    entry(out, 0xA003, 4, height);
    return out.array();
  }

  private static void entry(ByteBuffer out, int tag, int type, int value) {
    out.putShort((short) tag).putShort((short) type).putInt(1).putInt(value);
  }
}
