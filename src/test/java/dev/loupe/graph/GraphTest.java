package dev.loupe.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.op.Activate;
import dev.loupe.op.Conv2d;
import dev.loupe.op.Cost;
import dev.loupe.op.Layout;
import dev.loupe.op.Parameter;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.TensorAssert;
import dev.loupe.testing.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests of {@link Graph} and {@link ReferenceGraph}. */
class GraphTest {
  static Conv2d conv(int in, int out, int filter) {
    Parameter weights = new Parameter("layer", Tensors.ramp(out, in, filter, filter));
    return new Conv2d(weights, null, ConvGeometry.valid(filter), Activation.NONE, null);
  }

  @Test
  void shapesAreInferredAsItGrows() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(3, 9, 11));
    graph.stage("base");
    Value value = graph.add(conv(3, 5, 3), input);
    assertEquals(TensorType.frame(5, 7, 9), value.type());
    assertEquals("base", graph.nodes().get(0).stage());
    assertEquals(List.of(input, value), graph.values());
    assertEquals(new Cost(2835 * 3, 2835 * 3, 2835 * 3), graph.cost());
  }

  @Test
  void anOperatorThatDoesNotFitIsRefusedAndNotAdded() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(3, 9, 9));
    String message =
        assertThrows(IllegalArgumentException.class, () -> graph.add(conv(4, 5, 3), input))
            .getMessage();
    assertTrue(message.contains("layer takes 4 channels, its input has 3"), message);
    assertThrows(IllegalArgumentException.class, () -> graph.add(conv(3, 5, 11), input));
    assertEquals(List.of(), graph.nodes());
  }

  @Test
  void aFrameHoldsOneImage() {
    Shape two = new Shape(2, 3, 4, 4);
    assertThrows(IllegalArgumentException.class, () -> new TensorType(two, Layout.FRAME));
  }

  @Test
  void theReferenceRunsNodesInOrderAndReturnsTheOutputs() {
    Graph graph = new Graph();
    Value input = graph.input("input", TensorType.frame(2, 3, 4));
    Value relu = graph.add(new Activate(Activation.RELU, null), input);
    Value leaky = graph.add(new Activate(Activation.leakyRelu(2), null), input);
    Value unused = graph.add(new Activate(Activation.SIGMOID, null), leaky);
    graph.output(relu);
    graph.output(leaky);
    FloatTensor src = Tensors.ramp(1, 2, 3, 4);
    List<Node> seen = new ArrayList<>();
    Map<Value, FloatTensor> results = new ReferenceGraph(graph).run(Map.of(input, src), seen::add);
    assertEquals(graph.nodes(), seen);
    assertEquals(List.of(relu, leaky), results.keySet().stream().sorted(GraphTest::byId).toList());
    assertTrue(!results.containsKey(unused));
    TensorAssert.assertClose(
        graph.nodes().get(1).operator().reference(List.of(src)), results.get(leaky), 0, 0);
  }

  private static int byId(Value a, Value b) {
    return Integer.compare(a.id(), b.id());
  }
}
