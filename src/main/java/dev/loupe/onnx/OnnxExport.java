package dev.loupe.onnx;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.Value;
import dev.loupe.op.ConvTranspose2d;
import dev.loupe.op.PixelShuffle;
import dev.loupe.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The translation of a graph with one input (1, C, H, W) into an ONNX model, whose input is called
 * {@code input} and whose output {@code output}; each operator becomes one node or a few (see
 * {@link OperatorNodes}).
 */
public final class OnnxExport {
  static final String INPUT = "input";
  static final String OUTPUT = "output";

  private final Graph graph;
  private final Value result;
  private final OnnxModel model;
  private final OperatorNodes nodes;
  private final Map<Value, String> names = new HashMap<>();

  private OnnxExport(Graph graph, Value result, boolean anySize) {
    this.graph = graph;
    this.result = result;
    model = new OnnxModel("loupe");
    nodes = new OperatorNodes(model, graph.inputs().get(0).type().shape(), anySize);
  }

  /**
   * Translates {@code graph}.
   *
   * @param result the value that is the model's output
   * @param anySize whether the model takes frames of any height and width, not only the graph's; no
   *     operator may then depend on the size but by a factor, so give the graph a size that is
   *     large, and prime
   * @throws IllegalArgumentException naming the operator that has no translation
   */
  public static OnnxModel translate(Graph graph, Value result, boolean anySize) {
    return new OnnxExport(graph, result, anySize).translate(anySize);
  }

  private OnnxModel translate(boolean anySize) {
    if (graph.inputs().size() != 1) {
      throw new IllegalArgumentException(
          "export: the graph has %d inputs, expected one".formatted(graph.inputs().size()));
    }
    Shape in = graph.inputs().get(0).type().shape();
    Shape out = result.type().shape();
    if (anySize) {
      model.input(INPUT, 1, in.c(), "height", "width");
      model.output(OUTPUT, 1, out.c(), "output_height", "output_width");
    } else {
      model.input(INPUT, 1, in.c(), in.h(), in.w());
      model.output(OUTPUT, 1, out.c(), out.h(), out.w());
    }
    names.put(graph.inputs().get(0), INPUT);
    for (Node node : graph.nodes()) {
      add(node);
    }
    return model;
  }

  private void add(Node node) {
    List<String> inputs = node.inputs().stream().map(names::get).toList();
    if (node.operator() instanceof ConvTranspose2d conv) {
      // ONNX's transposed convolution gives the picture itself, not its phases.
      String name = name(shuffleOf(node, conv).output());
      nodes.add(conv, inputs.get(0), name);
      names.put(node.output(), name);
    } else if (inputs.contains(null)) {
      throw new IllegalStateException("export: " + node.output().name() + " runs too early");
    } else if (!names.containsKey(node.output())) {
      String name = name(node.output());
      nodes.add(node.operator(), inputs, node.inputTypes(), node.output().type(), name);
    }
  }

  private String name(Value value) {
    String name = value.equals(result) ? OUTPUT : value.name();
    names.put(value, name);
    return name;
  }

  private Node shuffleOf(Node node, ConvTranspose2d conv) {
    List<Node> users =
        graph.nodes().stream().filter(user -> user.inputs().contains(node.output())).toList();
    if (users.size() != 1 || !users.get(0).operator().equals(new PixelShuffle(conv.scale()))) {
      throw new IllegalArgumentException(
          "export: the phases of conv_transpose2d %s go elsewhere than to a pixel_shuffle"
              .formatted(conv.weights().name()));
    }
    return users.get(0);
  }
}
