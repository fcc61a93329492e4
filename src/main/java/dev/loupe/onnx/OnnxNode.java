package dev.loupe.onnx;

/** An ONNX node under construction (NodeProto); attributes in the order they are given. */
final class OnnxNode {
  private static final int INPUT = 1;
  private static final int OUTPUT = 2;
  private static final int NAME = 3;
  private static final int OP_TYPE = 4;
  private static final int ATTRIBUTE = 5;

  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_FLOAT = 2;
  private static final int ATTRIBUTE_INT = 3;
  private static final int ATTRIBUTE_STRING = 4;
  private static final int ATTRIBUTE_INTS = 8;
  private static final int ATTRIBUTE_TYPE = 20;
  private static final int TYPE_FLOAT = 1;
  private static final int TYPE_INT = 2;
  private static final int TYPE_STRING = 3;
  private static final int TYPE_INTS = 7;

  private final Protobuf message = new Protobuf();

  /** A node {@code opType} that makes {@code output}, which also names it. */
  OnnxNode(String opType, String output, String... inputs) {
    for (String input : inputs) {
      message.text(INPUT, input);
    }
    message.text(OUTPUT, output).text(NAME, output).text(OP_TYPE, opType);
  }

  OnnxNode with(String name, int value) {
    return attribute(name, TYPE_INT, new Protobuf().number(ATTRIBUTE_INT, value));
  }

  OnnxNode with(String name, float value) {
    return attribute(name, TYPE_FLOAT, new Protobuf().real(ATTRIBUTE_FLOAT, value));
  }

  OnnxNode with(String name, String value) {
    return attribute(name, TYPE_STRING, new Protobuf().text(ATTRIBUTE_STRING, value));
  }

  OnnxNode with(String name, int[] values) {
    Protobuf attribute = new Protobuf();
    for (int value : values) {
      attribute.number(ATTRIBUTE_INTS, value);
    }
    return attribute(name, TYPE_INTS, attribute);
  }

  private OnnxNode attribute(String name, int type, Protobuf attribute) {
    message.message(ATTRIBUTE, attribute.text(ATTRIBUTE_NAME, name).number(ATTRIBUTE_TYPE, type));
    return this;
  }

  Protobuf message() {
    return message;
  }
}
