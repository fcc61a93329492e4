package dev.loupe.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.op.AddedConv2d;
import dev.loupe.op.Concat;
import dev.loupe.op.Conv2d;
import dev.loupe.op.Parameter;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests of {@link SplitConcats}; golden frames of RFDN run through it on devices. */
class SplitConcatsTest {
  private static final Random RANDOM = new Random(5);

  private static FloatTensor random(Shape shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = RANDOM.nextFloat() - 0.5f;
    }
    return tensor;
  }

  private static Conv2d conv(int in, int out, int filter) {
    return new Conv2d(
        new Parameter("weight", random(new Shape(out, in, filter, filter))),
        new Parameter("bias", random(new Shape(1, out, 1, 1))),
        ConvGeometry.same(filter),
        Activation.leakyRelu(0.1f),
        null);
  }

  /** Parts of 5, 4 and 5 channels, each made of the one before, to {@code out} channels. */
  private static Graph graph(int out, int filter) {
    Graph graph = new Graph();
    Value a = graph.add(conv(2, 5, 3), graph.input("input", TensorType.frame(2, 7, 9)));
    Value b = graph.add(conv(5, 4, 3), a);
    Value c = graph.add(conv(4, 5, 3), b);
    graph.output(graph.add(conv(14, out, filter), graph.add(new Concat(), a, b, c)));
    return graph;
  }

  private static long concats(Graph graph) {
    return graph.nodes().stream().filter(node -> node.operator() instanceof Concat).count();
  }

  private static float[] run(Graph graph, FloatTensor input) {
    Map<Value, FloatTensor> inputs = Map.of(graph.inputs().get(0), input);
    return new ReferenceGraph(graph).run(inputs, node -> {}).get(graph.outputs().get(0)).data();
  }

  @Test
  void theSumIsThatOfTheConcatenation() {
    Graph graph = graph(4, 1);
    SplitConcats split = SplitConcats.rewrite(graph);
    assertEquals(0, concats(split.graph()));
    assertEquals(split.graph().outputs(), List.of(split.of(graph.outputs().get(0))));
    FloatTensor input = random(new Shape(1, 2, 7, 9));
    float[] expected = run(graph, input);
    float[] actual = run(split.graph(), input);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5f);
    }
    assertEquals(graph.cost(), split.graph().cost());
  }

  @Test
  void eachPartIsAddedAsSoonAsItIsThere() {
    List<Node> nodes = SplitConcats.rewrite(graph(4, 1)).graph().nodes();
    assertEquals(6, nodes.size());
    for (int i : new int[] {3, 5}) {
      assertTrue(nodes.get(i).operator() instanceof AddedConv2d, nodes.toString());
      assertEquals(nodes.get(i - 1).output(), nodes.get(i).inputs().get(0));
    }
  }

  @Test
  void aSumWiderThanAPartOrAWindowOrASecondReaderIsLeftAlone() {
    assertEquals(1, concats(SplitConcats.rewrite(graph(5, 1)).graph()));
    assertEquals(1, concats(SplitConcats.rewrite(graph(4, 3)).graph()));
    Graph twice = graph(4, 1);
    Value joined = twice.nodes().get(3).output();
    twice.output(twice.add(conv(14, 2, 1), joined));
    assertEquals(1, concats(SplitConcats.rewrite(twice).graph()));
  }
}
