package dev.loupe.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.guided.FrameGraph;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.onnx.OnnxExport;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.RelativeError;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests of exported models: ONNX Runtime computes from them what the reference does. */
class OnnxRuntimeTest {
  private static final double TOLERANCE = 1e-4;

  static Stream<Arguments> everyNetwork() {
    return Networks.names().stream()
        .flatMap(
            network ->
                Stream.of(2, 3, 4)
                    .flatMap(
                        scale ->
                            Stream.of(Variant.BASE, Variant.FULL)
                                .filter(v -> v == Variant.BASE || !network.endsWith("-original"))
                                .map(variant -> Arguments.of(network, scale, variant))));
  }

  /** A model of any size, tried on sizes other than the graph's, and a model of one size. */
  @ParameterizedTest(name = "{0} x{1} {2}")
  @MethodSource("everyNetwork")
  void agreesWithTheReference(String name, int scale, Variant variant) throws OrtException {
    Network network = Networks.of(ModelMetadata.of(name, scale));
    FrameGraph example = frame(network, variant, 29, 23);
    try (OrtModel anySize = model(example, true)) {
      for (int[] size : List.of(new int[] {17, 16}, new int[] {29, 23})) {
        compare(anySize, frame(network, variant, size[0], size[1]));
      }
    }
    FrameGraph small = frame(network, variant, 7, 31);
    try (OrtModel oneSize = model(small, false)) {
      compare(oneSize, small);
    }
  }

  private static FrameGraph frame(Network network, Variant variant, int height, int width) {
    return new GuidedScheme(network, PeerGraph.weights(network), 4, 1f, 1)
        .build(FrameSpec.floats(width, height, variant, PatchCount.of(0)));
  }

  private static OrtModel model(FrameGraph frame, boolean anySize) throws OrtException {
    return new OrtModel(OnnxExport.translate(frame.graph(), frame.output(), anySize), 1);
  }

  private static void compare(OrtModel model, FrameGraph frame) throws OrtException {
    FloatTensor input = FloatTensor.zeros(frame.input().type().shape());
    Random random = new Random(7);
    for (int i = 0; i < input.data().length; i++) {
      input.data()[i] = random.nextFloat();
    }
    FloatTensor expected =
        new ReferenceGraph(frame.graph())
            .run(Map.of(frame.input(), input), node -> {})
            .get(frame.output());
    model.bind(input, expected.shape());
    model.run();
    double error = RelativeError.of(expected.data(), model.result());
    assertTrue(error <= TOLERANCE, input.shape() + ": error " + error);
  }
}
