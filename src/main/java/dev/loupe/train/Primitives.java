package dev.loupe.train;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.Value;
import dev.loupe.op.Activate;
import dev.loupe.op.Add;
import dev.loupe.op.Conv2d;
import dev.loupe.op.GridMean;
import dev.loupe.op.Multiply;
import dev.loupe.op.Operator;
import dev.loupe.op.Parameter;
import dev.loupe.op.PositionwiseConv;
import dev.loupe.op.ScaleChannels;
import dev.loupe.op.Softmax;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * The rewriting of a network's graph into operators that {@link Backward} has rules for: what
 * inference fuses is taken apart where the gradient needs a value in between, and the few operators
 * of the mask become convolutions with constant filters.
 */
final class Primitives {
  private final Graph graph = new Graph();
  private final Map<Value, Value> values = new HashMap<>();

  private Primitives() {}

  /** The same computation over again; {@link #of} finds the values of {@code source} in it. */
  static Primitives rewrite(Graph source) {
    Primitives primitives = new Primitives();
    for (Value input : source.inputs()) {
      primitives.values.put(input, primitives.graph.input(input.name(), input.type()));
    }
    for (Node node : source.nodes()) {
      primitives.graph.stage(node.stage());
      List<Value> inputs = node.inputs().stream().map(primitives.values::get).toList();
      primitives.values.put(node.output(), primitives.rewrite(node.operator(), inputs));
    }
    return primitives;
  }

  /** The rewritten graph, to be extended by losses and gradients. */
  Graph graph() {
    return graph;
  }

  /** What {@code value} of the source has become. */
  Value of(Value value) {
    return values.get(value);
  }

  private Value rewrite(Operator operator, List<Value> in) {
    if (operator instanceof Conv2d conv) {
      return convolution(conv, in);
    } else if (operator instanceof ScaleChannels) {
      return graph.add(new Add(), graph.add(new Multiply(), in.get(0), in.get(1)), in.get(2));
    } else if (operator instanceof GridMean mean) {
      return gridMean(mean.patch(), in.get(0));
    } else if (operator instanceof Softmax softmax) {
      return softmax(softmax.keep(), in.get(0));
    } else if (operator instanceof PositionwiseConv conv) {
      return positionwise(conv, in.get(0));
    }
    return graph.add(operator, in.toArray(Value[]::new));
  }

  /**
   * The sign of a convolution is lost once PReLU's slope is below zero, and a gate's gradient needs
   * both factors.
   */
  private Value convolution(Conv2d conv, List<Value> in) {
    if (conv.gate()) {
      Value gate = graph.add(with(conv, Activation.SIGMOID), in.get(0));
      return activate(conv, graph.add(new Multiply(), in.get(1), gate));
    }
    if (conv.activation().kind() != Activation.Kind.PRELU) {
      return graph.add(conv, in.toArray(Value[]::new));
    }
    return activate(conv, graph.add(with(conv, Activation.NONE), in.toArray(Value[]::new)));
  }

  private Value activate(Conv2d conv, Value value) {
    return conv.activation().kind() == Activation.Kind.NONE
        ? value
        : graph.add(new Activate(conv.activation(), conv.slopes()), value);
  }

  private static Conv2d with(Conv2d conv, Activation activation) {
    return new Conv2d(conv.weights(), conv.bias(), conv.geometry(), activation, null);
  }

  private Value fixed(
      Value src, Shape filters, ConvGeometry geometry, Activation act, IntToDoubleFunction tap) {
    FloatTensor values = FloatTensor.zeros(filters);
    for (int i = 0; i < values.data().length; i++) {
      values.data()[i] = (float) tap.applyAsDouble(i);
    }
    return graph.add(new Conv2d(new Parameter("fixed", values), null, geometry, act, null), src);
  }

  /** Crops are whole cells, so the mean is a convolution that steps from cell to cell. */
  private Value gridMean(int patch, Value src) {
    Shape shape = src.type().shape();
    if (shape.h() % patch != 0 || shape.w() % patch != 0) {
      throw new IllegalArgumentException(
          "crops of %dx%d are no multiple of the patch size %d"
              .formatted(shape.w(), shape.h(), patch));
    }
    int channels = shape.c();
    int area = patch * patch;
    return fixed(
        src,
        new Shape(channels, channels, patch, patch),
        new ConvGeometry(patch, patch, patch, 0),
        Activation.NONE,
        i -> i / area / channels == i / area % channels ? 1.0 / area : 0);
  }

  /** Of two classes, the softmax is the sigmoid of their difference. */
  private Value softmax(int keep, Value src) {
    if (src.type().shape().c() != 2) {
      throw new IllegalArgumentException(
          "softmax over %d classes has no gradient here, only over 2"
              .formatted(src.type().shape().c()));
    }
    return fixed(
        src,
        new Shape(1, 2, 1, 1),
        ConvGeometry.same(1),
        Activation.SIGMOID,
        i -> i == keep ? 1 : -1);
  }

  private Value positionwise(PositionwiseConv conv, Value src) {
    int taps = conv.filter() * conv.filter();
    Value filters =
        graph.add(
            new Conv2d(conv.weights(), conv.bias(), ConvGeometry.same(1), Activation.NONE, null),
            src);
    Value neighbours =
        fixed(
            src,
            new Shape(taps, 1, conv.filter(), conv.filter()),
            ConvGeometry.same(conv.filter()),
            Activation.NONE,
            i -> i / taps == i % taps ? 1 : 0);
    return fixed(
        graph.add(new Multiply(), filters, neighbours),
        new Shape(1, taps, 1, 1),
        ConvGeometry.same(1),
        Activation.NONE,
        i -> 1);
  }
}
