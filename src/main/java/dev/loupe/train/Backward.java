package dev.loupe.train;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.Value;
import dev.loupe.op.Activate;
import dev.loupe.op.ActivationGradient;
import dev.loupe.op.Add;
import dev.loupe.op.ChannelSum;
import dev.loupe.op.Conv2d;
import dev.loupe.op.Conv2dInputGradient;
import dev.loupe.op.Conv2dWeightGradient;
import dev.loupe.op.ConvTranspose2d;
import dev.loupe.op.ConvTranspose2dWeightGradient;
import dev.loupe.op.Multiply;
import dev.loupe.op.Operator;
import dev.loupe.op.Parameter;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Backpropagation as a graph: for every node on the way from a loss back to a trained parameter,
 * last to first, the nodes of its gradients are appended to the same graph, so that one memory plan
 * serves both directions. Gradients of a value that several nodes read are added up.
 */
final class Backward {
  private final Graph graph;
  private final Predicate<String> trained;
  private final Map<Value, Value> gradients = new HashMap<>();
  private final Map<String, Value> parameters = new LinkedHashMap<>();
  private final Set<Value> needed = new HashSet<>();
  private final Recomputation forward;

  /**
   * For the nodes of {@code graph} so far.
   *
   * @param trained which parameters change
   * @param forward what it reads of them
   */
  Backward(Graph graph, Predicate<String> trained, Recomputation forward) {
    this.graph = graph;
    this.trained = trained;
    this.forward = forward;
    for (Node node : graph.nodes()) {
      boolean trains = parameters(node.operator()).anyMatch(p -> trained.test(p.name()));
      if (trains || node.inputs().stream().anyMatch(needed::contains)) {
        needed.add(node.output());
      }
    }
  }

  private static Stream<Parameter> parameters(Operator operator) {
    List<Parameter> all = new ArrayList<>();
    if (operator instanceof Conv2d conv) {
      all.add(conv.weights());
      all.add(conv.bias());
    } else if (operator instanceof ConvTranspose2d conv) {
      all.add(conv.weights());
      all.add(conv.bias());
    } else if (operator instanceof Activate act) {
      all.add(act.slopes());
    }
    return all.stream().filter(Objects::nonNull);
  }

  /** Whether the loss's gradient is wanted at {@code value}. */
  boolean needs(Value value) {
    return needed.contains(value);
  }

  /** Adds a gradient that a loss has at {@code value}. */
  void seed(Value value, Value gradient) {
    add(value, gradient);
  }

  /**
   * Appends the gradients of everything.
   *
   * @return for each trained parameter that a loss depends on a row of its elements
   * @throws IllegalArgumentException naming an operator that has no rule
   */
  Map<String, Value> run() {
    List<Node> nodes = new ArrayList<>(graph.nodes());
    graph.stage("backward");
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      Value gradient = gradients.get(node.output());
      if (gradient != null && needs(node.output())) {
        backward(node, gradient);
      }
    }
    return parameters;
  }

  private void backward(Node node, Value gradient) {
    Operator operator = node.operator();
    List<Value> in = node.inputs();
    if (operator instanceof Conv2d conv) {
      convolution(conv, node, gradient);
    } else if (operator instanceof ConvTranspose2d conv) {
      transposed(conv, in.get(0), gradient);
    } else if (operator instanceof Activate act) {
      activation(act, node, gradient);
    } else if (operator instanceof Add) {
      in.forEach(operand -> add(operand, gradient));
    } else if (operator instanceof Multiply) {
      multiply(in.get(0), in.get(1), gradient);
    } else {
      List<Value> all = ShapeGradients.of(graph, node, gradient, forward);
      for (int i = 0; i < all.size(); i++) {
        add(in.get(i), all.get(i));
      }
    }
  }

  private void convolution(Conv2d conv, Node node, Value gradient) {
    Value g = gradient;
    if (conv.activation().kind() != Activation.Kind.NONE) {
      g =
          graph.add(
              new ActivationGradient(conv.activation(), null), gradient, forward.of(node.output()));
    }
    Value src = node.inputs().get(0);
    Shape filters = conv.filters();
    if (trained.test(conv.weights().name())) {
      add(conv.weights(), new Conv2dWeightGradient(filters, conv.geometry()), forward.of(src), g);
    }
    if (conv.bias() != null && trained.test(conv.bias().name())) {
      add(conv.bias(), new ChannelSum(1), g);
    }
    if (node.inputs().size() == 2) {
      add(node.inputs().get(1), g);
    }
    if (needs(src)) {
      if (conv.geometry().stride() == 1) {
        addConvolved(src, conv.inputGradient(), g);
      } else {
        Shape in = src.type().shape();
        Operator input = new Conv2dInputGradient(conv.weights(), conv.geometry(), in.h(), in.w());
        add(src, graph.add(input, g));
      }
    }
  }

  /** The sum with another gradient costs nothing as the convolution's residual. */
  private void addConvolved(Value src, Conv2d conv, Value gradient) {
    Value other = gradients.get(src);
    gradients.put(
        src, other == null ? graph.add(conv, gradient) : graph.add(conv, gradient, other));
  }

  private void transposed(ConvTranspose2d conv, Value src, Value gradient) {
    int scale = conv.scale();
    if (trained.test(conv.weights().name())) {
      Shape filters = conv.filters();
      add(
          conv.weights(),
          new ConvTranspose2dWeightGradient(filters, scale, conv.padding()),
          forward.of(src),
          gradient);
    }
    if (trained.test(conv.bias().name())) {
      add(conv.bias(), new ChannelSum(scale * scale), gradient);
    }
    if (needs(src)) {
      addConvolved(src, conv.inputGradient(), gradient);
    }
  }

  private void activation(Activate act, Node node, Value gradient) {
    Value src = node.inputs().get(0);
    boolean prelu = act.activation().kind() == Activation.Kind.PRELU;
    if (prelu && trained.test(act.slopes().name())) {
      int slopes = act.slopes().value().data().length;
      add(act.slopes(), new ChannelSum(src.type().shape().c() / slopes), gradient, forward.of(src));
    }
    Operator through = new ActivationGradient(act.activation(), act.slopes());
    add(src, graph.add(through, gradient, forward.of(prelu ? src : node.output())));
  }

  private void multiply(Value a, Value b, Value gradient) {
    add(a, graph.add(new Multiply(), gradient, forward.of(b)));
    if (needs(b)) {
      Value product = graph.add(new Multiply(), gradient, forward.of(a));
      add(b, a.type().equals(b.type()) ? product : ShapeGradients.pixelSum(graph, product));
    }
  }

  /** Assigns the first gradient of a value, adds the further ones. */
  private void add(Value value, Value gradient) {
    if (needs(value)) {
      gradients.merge(value, gradient, (a, b) -> graph.add(new Add(), a, b));
    }
  }

  /** Assigns the first gradient of a parameter; none of the networks uses one twice. */
  private void add(Parameter parameter, Operator operator, Value... operands) {
    Value row = graph.add(operator, operands);
    if (parameters.put(parameter.name(), row) != null) {
      throw new IllegalArgumentException(
          "parameter " + parameter.name() + " is used twice; a gradient has one place");
    }
    graph.output(row);
  }
}
