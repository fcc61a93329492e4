package dev.loupe.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A protocol buffers message under construction: the three wire types that an ONNX model needs. A
 * message is its fields one after another, each a key {@code field << 3 | wire type} and a value;
 * fields may repeat, and need no order (protobuf.dev/programming-guides/encoding).
 */
final class Protobuf {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private static final int GROUP_BITS = 7;
  private static final int GROUP = (1 << GROUP_BITS) - 1;
  private static final int MORE = 1 << GROUP_BITS;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** An integer or an enumerator. */
  Protobuf number(int field, long value) {
    key(field, VARINT);
    varint(value);
    return this;
  }

  /** A float. */
  Protobuf real(int field, float value) {
    key(field, FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      bytes.write(bits >>> shift);
    }
    return this;
  }

  /** A string, in UTF-8. */
  Protobuf text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Raw bytes. */
  Protobuf bytes(int field, byte[] value) {
    key(field, LENGTH_DELIMITED);
    varint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  /** A message, as it is now. */
  Protobuf message(int field, Protobuf value) {
    return bytes(field, value.bytes.toByteArray());
  }

  private void key(int field, int wireType) {
    varint((long) field << 3 | wireType);
  }

  /** Seven bits a byte, the lowest first; all but the last byte have the top bit set. */
  private void varint(long value) {
    long rest = value;
    while ((rest & ~GROUP) != 0) {
      bytes.write((int) (rest & GROUP) | MORE);
      rest >>>= GROUP_BITS;
    }
    bytes.write((int) rest);
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  void writeTo(OutputStream out) throws IOException {
    bytes.writeTo(out);
  }
}
