package dev.loupe.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Value;
import dev.loupe.guided.FrameGraph;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.RandomWeights;
import dev.loupe.op.ConvTranspose2d;
import dev.loupe.op.GridMean;
import dev.loupe.op.Operator;
import dev.loupe.op.Parameter;
import dev.loupe.op.TensorType;
import dev.loupe.op.UpsampleBilinear;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of the structure of exported models, read back field by field. */
class OnnxExportTest {
  private static FrameGraph frame(
      String network, int scale, Variant variant, int height, int width) {
    Network net = Networks.of(ModelMetadata.of(network, scale));
    return new GuidedScheme(net, new RandomWeights(1, 1), 4, 1f, 1)
        .build(FrameSpec.floats(width, height, variant, PatchCount.of(0)));
  }

  private static ProtobufMessage export(FrameGraph frame, boolean anySize) {
    OnnxModel model = OnnxExport.translate(frame.graph(), frame.output(), anySize);
    model.describe(Map.of("network", "net"));
    return ProtobufMessage.read(model.toByteArray());
  }

  private static Map<String, Integer> countOfTypes(ProtobufMessage graph) {
    Map<String, Integer> counts = new TreeMap<>();
    graph.messages(1).forEach(node -> counts.merge(node.text(4), 1, Integer::sum));
    return counts;
  }

  @ParameterizedTest
  @CsvSource({
    "fsrcnn, 4, BASE, '{Conv=6, ConvTranspose=1, PRelu=6}'",
    "fsrcnn, 2, FULL, '{Conv=9, ConvTranspose=1, LeakyRelu=1, PRelu=7}'",
    "srresnet, 3, BASE, '{Add=13, Conv=28, DepthToSpace=1, LeakyRelu=14}'",
    "rcan, 4, BASE,"
        + " '{Add=148, Conv=572, DepthToSpace=2, GlobalAveragePool=140, Mul=140, Relu=280,"
        + " Sigmoid=140}'",
    "rfdn, 4, BASE,"
        + " '{Add=17, Concat=5, Conv=64, DepthToSpace=1, LeakyRelu=29, MaxPool=4, Mul=4, Relu=8,"
        + " Resize=4, Sigmoid=4}'",
    "pan, 4, BASE," + " '{Add=14, Concat=12, Conv=93, LeakyRelu=52, Mul=14, Resize=3, Sigmoid=14}'",
  })
  void everyOperatorOnce(String network, int scale, Variant variant, String counts) {
    ProtobufMessage model = export(frame(network, scale, variant, 23, 19), false);
    assertEquals(counts, countOfTypes(model.message(7)).toString());
  }

  @ParameterizedTest
  @CsvSource({"fsrcnn", "pan", "rfdn", "srresnet", "rcan"})
  void modelIsWhole(String network) {
    for (Variant variant : List.of(Variant.BASE, Variant.FULL)) {
      for (boolean anySize : new boolean[] {false, true}) {
        ProtobufMessage model = export(frame(network, 4, variant, 23, 19), anySize);
        assertEquals(8L, model.only(1));
        assertEquals(13L, model.message(8).only(2));
        assertEquals("network", model.message(14).text(1));
        assertWhole(model.message(7));
      }
    }
  }

  /** Every name is made once and before its use, and nothing is made in vain. */
  private static void assertWhole(ProtobufMessage graph) {
    Set<String> made = new HashSet<>(Set.of("input"));
    Set<String> used = new HashSet<>(Set.of("output", "input"));
    for (ProtobufMessage initializer : graph.messages(5)) {
      assertTrue(made.add(initializer.text(8)), initializer.text(8));
    }
    for (ProtobufMessage node : graph.messages(1)) {
      for (String input : node.texts(1)) {
        assertTrue(input.isEmpty() || made.contains(input), input);
        used.add(input);
      }
      assertTrue(made.add(node.text(2)), node.text(2));
    }
    used.remove("");
    assertEquals(used, made);
  }

  @Test
  void inputAndOutputAreOfThatSizeOrAny() {
    FrameGraph frame = frame("fsrcnn", 3, Variant.BASE, 5, 7);
    ProtobufMessage fixed = export(frame, false).message(7);
    assertEquals(List.of(1L, 3L, 5L, 7L), dims(fixed.message(11)));
    assertEquals(List.of(1L, 3L, 15L, 21L), dims(fixed.message(12)));
    ProtobufMessage any = export(frame, true).message(7);
    assertEquals(List.of(1L, 3L, "height", "width"), dims(any.message(11)));
    assertEquals(List.of(1L, 3L, "output_height", "output_width"), dims(any.message(12)));
  }

  private static List<Object> dims(ProtobufMessage valueInfo) {
    ProtobufMessage tensor = valueInfo.message(2).message(1);
    assertEquals(1L, tensor.only(1));
    return tensor.message(2).messages(1).stream()
        .map(dim -> dim.all(1).isEmpty() ? (Object) dim.text(2) : dim.only(1))
        .toList();
  }

  @Test
  void weightsAreTheirBytes() {
    ProtobufMessage graph = export(frame("fsrcnn", 4, Variant.BASE, 5, 7), false).message(7);
    ProtobufMessage weights =
        graph.messages(5).stream()
            .filter(tensor -> tensor.text(8).equals("base.first.0.weight"))
            .findFirst()
            .orElseThrow();
    assertEquals(List.of(56L, 3L, 5L, 5L), weights.all(1));
    assertEquals(1L, weights.only(2));
    float[] values = new float[56 * 3 * 25];
    ByteBuffer raw = ByteBuffer.wrap((byte[]) weights.only(9)).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().get(values);
    assertEquals(values.length * Float.BYTES, raw.remaining());
    assertArrayEquals(
        new RandomWeights(1, 1).tensor("base.first.0.weight", 56, 3, 5, 5).data(), values);
  }

  @Test
  void attributesCarryTheirTypes() {
    ProtobufMessage graph = export(frame("rfdn", 4, Variant.BASE, 23, 19), false).message(7);
    Map<String, ProtobufMessage> strided = new TreeMap<>();
    for (ProtobufMessage node : graph.messages(1)) {
      if (node.texts(1).contains("base.blocks.0.esa.c2.weight")) {
        node.messages(5).forEach(attribute -> strided.put(attribute.text(1), attribute));
      }
    }
    assertEquals(Set.of("kernel_shape", "pads", "strides"), strided.keySet());
    assertEquals(List.of(2L, 2L), strided.get("strides").all(8));
    assertEquals(List.of(0L, 0L, 0L, 0L), strided.get("pads").all(8));
    assertEquals(7L, strided.get("pads").only(20));
  }

  @Test
  void smallFramesAreExtendedIfTheirSizeIsFixed() {
    FrameGraph frame = frame("rfdn", 2, Variant.BASE, 9, 19);
    Map<String, Integer> counts = countOfTypes(export(frame, false).message(7));
    assertEquals(2, counts.get("Pad"));
    assertEquals(2, counts.get("Slice"));
    assertRefused("extend_edges", frame.graph(), frame.output(), true);
  }

  private static void assertRefused(String part, Graph graph, Value result, boolean anySize) {
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> OnnxExport.translate(graph, result, anySize))
            .getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void whatHasNoOnnxFormIsRefused() {
    refuses("grid_mean", new GridMean(2), false);
    refuses("multiple of the frame", new UpsampleBilinear(12, 15), true);
    Parameter weights = new Parameter("up", FloatTensor.zeros(new Shape(3, 3, 9, 9)));
    Parameter bias = new Parameter("bias", FloatTensor.zeros(new Shape(1, 3, 1, 1)));
    refuses("conv_transpose2d up", new ConvTranspose2d(weights, bias, 2, 4), false);
  }

  private static void refuses(String part, Operator operator, boolean anySize) {
    Graph graph = new Graph();
    Value result = graph.add(operator, graph.input("in", TensorType.frame(3, 7, 5)));
    assertRefused(part, graph, result, anySize);
  }
}
