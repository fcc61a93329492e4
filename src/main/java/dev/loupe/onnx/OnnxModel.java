package dev.loupe.onnx;

import dev.loupe.file.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An ONNX model under construction (ModelProto of onnx.proto, opset 13): nodes in the order they
 * run, weights as initializers, one input and one output of floats.
 */
public final class OnnxModel {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 13;

  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final Protobuf graph = new Protobuf();
  private final Protobuf properties = new Protobuf();
  private final Set<String> initializers = new HashSet<>();

  OnnxModel(String name) {
    graph.text(2, name);
  }

  void node(OnnxNode node) {
    graph.message(1, node.message());
  }

  /** A constant of floats, returned by its name; one that is there already is not repeated. */
  String floats(String name, List<Integer> dims, float[] values) {
    ByteBuffer raw =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return initializer(name, FLOAT, dims, raw.array());
  }

  /** A constant vector of integers, returned by its name. */
  String integers(String name, long... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(values);
    return initializer(name, INT64, List.of(values.length), raw.array());
  }

  private String initializer(String name, int type, List<Integer> dims, byte[] raw) {
    if (initializers.add(name)) {
      Protobuf tensor = new Protobuf();
      dims.forEach(dim -> tensor.number(1, dim));
      graph.message(5, tensor.number(2, type).text(8, name).bytes(9, raw));
    }
    return name;
  }

  /** Declares the input; a dimension is a number, or a name where it may vary. */
  void input(String name, Object... dims) {
    graph.message(11, valueInfo(name, dims));
  }

  /** Declares the output. */
  void output(String name, Object... dims) {
    graph.message(12, valueInfo(name, dims));
  }

  private static Protobuf valueInfo(String name, Object... dims) {
    Protobuf shape = new Protobuf();
    for (Object dim : dims) {
      Protobuf dimension = new Protobuf();
      shape.message(
          1,
          dim instanceof Integer size
              ? dimension.number(1, size)
              : dimension.text(2, (String) dim));
    }
    Protobuf tensor = new Protobuf().number(1, FLOAT).message(2, shape);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensor));
  }

  /** Adds entries to the model's metadata. */
  public void describe(Map<String, String> entries) {
    entries.forEach(
        (key, value) -> properties.message(14, new Protobuf().text(1, key).text(2, value)));
  }

  private Protobuf message() {
    return new Protobuf()
        .number(1, IR_VERSION)
        .text(2, "loupe")
        .message(7, graph)
        .message(8, new Protobuf().text(1, "").number(2, OPSET));
  }

  /** The bytes of the file. */
  public byte[] toByteArray() {
    // A message's fields may be appended as bytes.
    byte[] model = message().toByteArray();
    byte[] more = properties.toByteArray();
    return ByteBuffer.allocate(model.length + more.length).put(model).put(more).array();
  }

  /**
   * Writes or replaces a file, which appears whole or not at all.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  public void write(Path file) {
    try {
      AtomicFile.write(
          file,
          out -> {
            message().writeTo(out);
            properties.writeTo(out);
          });
    } catch (IOException e) {
      throw new UncheckedIOException(
          "%s: cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }
}
