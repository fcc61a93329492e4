package dev.loupe.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the message writer, against the encoding's own documentation. */
class ProtobufTest {
  /** The examples of protobuf.dev/programming-guides/encoding. */
  @Test
  void documentedExamples() {
    assertArrayEquals(
        new byte[] {0x08, (byte) 0x96, 0x01}, new Protobuf().number(1, 150).toByteArray());
    assertArrayEquals(
        new byte[] {0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67},
        new Protobuf().text(2, "testing").toByteArray());
    assertArrayEquals(
        new byte[] {0x1a, 0x03, 0x08, (byte) 0x96, 0x01},
        new Protobuf().message(3, new Protobuf().number(1, 150)).toByteArray());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 127, 128, 16383, 16384, Integer.MAX_VALUE, Long.MAX_VALUE, -1})
  void numbersComeBack(long number) {
    // Field 20 needs a key of two bytes.
    ProtobufMessage back = ProtobufMessage.read(new Protobuf().number(20, number).toByteArray());
    assertEquals(number, back.only(20));
  }

  @ParameterizedTest
  @ValueSource(floats = {0, -0.2f, 1e-30f, Float.MAX_VALUE})
  void floatsComeBack(float value) {
    ProtobufMessage back = ProtobufMessage.read(new Protobuf().real(2, value).toByteArray());
    assertEquals(value, back.only(2));
  }
}
