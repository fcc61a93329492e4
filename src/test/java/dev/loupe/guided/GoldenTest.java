package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.weights.SafeTensors;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of every engine on the golden cases: weights, input, feature, mask, selection and the four
 * pictures as PyTorch computes them in double.
 */
@Tag("device")
class GoldenTest {
  private static final double TOLERANCE = 1e-4;

  static Stream<Arguments> casesOnEngines() {
    return Stream.of("java", "lwjgl", "jocl", "gpu", "gpu-matrix")
        .flatMap(
            engine ->
                Stream.of("x2", "x2-odd", "x3", "x3-odd", "x4", "x4-odd")
                    .map(name -> Arguments.of("fsrcnn-" + name, engine)));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("casesOnEngines")
  void fourVariantsAgreeWithPyTorch(String name, String engine) throws IOException {
    SafeTensors golden;
    try (InputStream in =
        GoldenTest.class.getResourceAsStream("/golden/" + name + ".safetensors")) {
      golden = SafeTensors.read(in, name);
    }
    Weights weights = Weights.of(golden, "weights.");
    Network network = Networks.of(weights.metadata());
    GuidedScheme scheme =
        new GuidedScheme(network, WeightSource.of(weights), weights.metadata().p(), 1f, 512);
    FloatTensor src = golden.tensor("in").tensor();
    PatchCount k = PatchCount.of(weights.metadata().k());
    for (Variant variant : Variant.values()) {
      FrameSpec spec =
          FrameSpec.floats(src.shape().w(), src.shape().h(), variant, k).withFeature(true);
      try (FrameRunner runner = Engines.runner(engine, scheme.build(spec))) {
        float[] picture = new float[(int) runner.frame().output().type().shape().elements()];
        runner.run(FloatBuffer.wrap(src.data()), FloatBuffer.wrap(picture));
        assertClose(variant.toString(), golden.tensor("out." + variant).data(), picture);
        assertClose("feature", golden.tensor("feature").data(), runner.feature().orElseThrow());
        if (variant == Variant.MASK) {
          assertClose("mask", golden.tensor("mask").data(), runner.mask().orElseThrow());
          int[] selected =
              Arrays.stream(golden.integers("selected")).mapToInt(Math::toIntExact).toArray();
          assertArrayEquals(selected, runner.selected());
        }
      }
    }
  }

  private static void assertClose(String what, float[] expected, float[] actual) {
    DoubleSummaryStatistics values = statistics(expected);
    double range = values.getMax() - values.getMin();
    assertTrue(expected.length == actual.length, what + " has another size");
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - actual[i]);
      assertTrue(
          error <= TOLERANCE * range,
          "%s[%d] is %s, not %s; their range is %s"
              .formatted(what, i, actual[i], expected[i], range));
    }
  }

  private static DoubleSummaryStatistics statistics(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).summaryStatistics();
  }
}
