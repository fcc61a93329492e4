package dev.loupe.weights;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A safetensors file in memory, well formed or not, for tests of the reader. */
final class SafeTensorsBytes {
  private SafeTensorsBytes() {}

  /** A file with this header text and data; the header length is right. */
  static byte[] of(String header, byte... data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    return file.putLong(json.length).put(json).put(data).array();
  }

  static SafeTensors read(byte[] file) {
    return SafeTensors.read(new ByteArrayInputStream(file), "test.safetensors");
  }
}
