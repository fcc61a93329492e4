package dev.loupe.graph;

import dev.loupe.kernel.Tuning;
import dev.loupe.op.Cost;
import dev.loupe.op.Operator;
import dev.loupe.op.Precision;
import dev.loupe.op.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** A network for one frame size, as nodes in the order they run; shapes are checked as it grows. */
public final class Graph {
  private final List<Value> values = new ArrayList<>();
  private final List<Value> inputs = new ArrayList<>();
  private final List<Value> outputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private String stage = "frame";

  /** Declares a tensor that the caller fills before every run. */
  public Value input(String name, TensorType type) {
    Value value = value(name, type);
    inputs.add(value);
    return value;
  }

  /** Labels the nodes that follow. */
  public void stage(String name) {
    stage = name;
  }

  /**
   * Appends an operator.
   *
   * @throws IllegalArgumentException if its operands do not fit it
   */
  public Value add(Operator operator, Value... operands) {
    List<Value> in = List.copyOf(Arrays.asList(operands));
    TensorType type = operator.output(in.stream().map(Value::type).toList());
    Value output = value(operator.name() + "#" + nodes.size(), type);
    nodes.add(new Node(operator, in, output, stage));
    return output;
  }

  /** Keeps a value alive to the end, to be read by the caller. */
  public void output(Value value) {
    outputs.add(value);
  }

  private Value value(String name, TensorType type) {
    Value value = new Value(values.size(), name, type);
    values.add(value);
    return value;
  }

  public List<Value> values() {
    return Collections.unmodifiableList(values);
  }

  public List<Value> inputs() {
    return Collections.unmodifiableList(inputs);
  }

  public List<Value> outputs() {
    return Collections.unmodifiableList(outputs);
  }

  public List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }

  /** How all frames and patches are stored. */
  public Precision precision() {
    return Precision.common(values.stream().map(Value::type));
  }

  /** Device memory of all weights with these tile sizes, in bytes, about. */
  public long weightBytes(Tuning tuning) {
    return nodes.stream()
        .mapToLong(node -> node.operator().weightBytes(tuning, node.output().type()))
        .sum();
  }

  /** The cost of one run of the whole graph. */
  public Cost cost() {
    return nodes.stream().map(Node::cost).reduce(Cost.NONE, Cost::plus);
  }
}
