package dev.loupe.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A protocol buffers message read back: the values of each field, in order. */
record ProtobufMessage(Map<Integer, List<Object>> fields) {
  static ProtobufMessage read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    Map<Integer, List<Object>> fields = new TreeMap<>();
    while (in.hasRemaining()) {
      long key = varint(in);
      Object value =
          switch ((int) key & 7) {
            case 0 -> varint(in);
            case 5 -> in.getFloat();
            case 2 -> {
              byte[] part = new byte[Math.toIntExact(varint(in))];
              in.get(part);
              yield part;
            }
            default -> throw new IllegalStateException("wire type " + (key & 7));
          };
      fields.computeIfAbsent((int) (key >> 3), field -> new ArrayList<>()).add(value);
    }
    return new ProtobufMessage(fields);
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte group = in.get();
      value |= (group & 127L) << shift;
      if (group >= 0) {
        return value;
      }
    }
  }

  List<Object> all(int field) {
    return fields.getOrDefault(field, List.of());
  }

  Object only(int field) {
    if (all(field).size() != 1) {
      throw new AssertionError("field " + field + " is there " + all(field).size() + " times");
    }
    return all(field).get(0);
  }

  String text(int field) {
    return new String((byte[]) only(field), StandardCharsets.UTF_8);
  }

  List<String> texts(int field) {
    return all(field).stream()
        .map(bytes -> new String((byte[]) bytes, StandardCharsets.UTF_8))
        .toList();
  }

  List<ProtobufMessage> messages(int field) {
    return all(field).stream().map(bytes -> read((byte[]) bytes)).toList();
  }

  ProtobufMessage message(int field) {
    return read((byte[]) only(field));
  }
}
