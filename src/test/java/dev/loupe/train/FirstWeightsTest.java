package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.loupe.guided.MaskPrediction;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.network.Pan;
import dev.loupe.network.Rfdn;
import dev.loupe.weights.NamedTensor;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of what a network begins with, above all where it begins with another model. */
class FirstWeightsTest {
  private static Map<String, NamedTensor> byName(FirstWeights weights) {
    return weights.tensors().stream()
        .collect(Collectors.toMap(NamedTensor::name, Function.identity()));
  }

  private static Set<String> take(FirstWeights weights, Network from, int to) {
    return weights.take(
        FirstWeights.of(from, MaskPrediction.TWO_CLASSES, 2).tensors(), from.scale(), to);
  }

  @Test
  void aModelOfTheSameScaleIsTakenWhole() {
    FirstWeights weights = FirstWeights.of(Fsrcnn.ofScale(4), MaskPrediction.TWO_CLASSES, 1);
    Map<String, NamedTensor> before = byName(weights);
    Map<String, NamedTensor> model =
        byName(FirstWeights.of(Fsrcnn.ofScale(4), MaskPrediction.TWO_CLASSES, 2));
    assertEquals(before.keySet(), take(weights, Fsrcnn.ofScale(4), 4));
    byName(weights)
        .forEach((name, tensor) -> assertArrayEquals(model.get(name).data(), tensor.data(), name));
  }

  @Test
  void whatHasAnotherShapeStaysAsItWas() {
    FirstWeights weights = FirstWeights.of(new Rfdn(2, 4, 2), MaskPrediction.TWO_CLASSES, 1);
    Map<String, NamedTensor> before = byName(weights);
    Set<String> taken = take(weights, new Rfdn(4, 4, 2), 2);
    Set<String> left =
        before.keySet().stream().filter(name -> !taken.contains(name)).collect(Collectors.toSet());
    assertFalse(left.isEmpty());
    for (String name : left) {
      assertArrayEquals(before.get(name).data(), byName(weights).get(name).data(), name);
    }
  }

  @Test
  void blocksThatTheModelLacksBeginAsEver() {
    FirstWeights weights = FirstWeights.of(new Pan(4, 3, 1), MaskPrediction.TWO_CLASSES, 1);
    Map<String, NamedTensor> before = byName(weights);
    Set<String> taken = take(weights, new Pan(4, 2, 1), 4);
    before.forEach(
        (name, tensor) -> assertEquals(!name.startsWith("base.trunk.2."), taken.contains(name)));
  }

  /** Bilinear interpolation is the same function at every scale, as far as 9 taps reach. */
  @ParameterizedTest
  @CsvSource({"4, 2", "4, 3", "3, 4", "3, 2", "2, 4"})
  void aFlatPictureKeepsItsBrightnessAcrossScales(int from, int to) {
    FirstWeights weights = FirstWeights.of(Fsrcnn.ofScale(to), MaskPrediction.TWO_CLASSES, 1);
    take(weights, Fsrcnn.ofScale(from), to);
    float[] filters = byName(weights).get("base.last.2.weight").data();
    float[] old =
        byName(FirstWeights.of(Fsrcnn.ofScale(from), MaskPrediction.TWO_CLASSES, 2))
            .get("base.last.2.weight")
            .data();
    for (int filter = 0; filter < 56 * 3; filter++) {
      double flat = 0;
      for (int i = 0; i < 81; i++) {
        flat += old[81 * filter + i];
      }
      double[] sums = new double[to * to];
      for (int i = 0; i < 81; i++) {
        sums[i / 9 % to * to + i % 9 % to] += filters[81 * filter + i];
      }
      for (double sum : sums) {
        assertEquals(flat / (from * from), sum, 1e-5, "filter " + filter);
      }
    }
  }

  /** x4's taps lie on the centre of the input pixel's column and 1/4 of a pixel apart, x2's 1/2. */
  @Test
  void tapsKeepTheirPlace() {
    float[] ramp = new float[81];
    for (int i = 0; i < 81; i++) {
      ramp[i] = i % 9 == 5 || i % 9 == 6 ? 1 : 0; // around 5.5, the centre of an input pixel at x4
    }
    NamedTensor filters = new NamedTensor("filters", new int[] {1, 1, 9, 9}, ramp);
    float[] moved = ResampledFilters.of(filters, 4, 2).data();
    for (int x = 0; x < 4; x++) {
      assertEquals(moved[9 * 4 + 4 - x], moved[9 * 4 + 5 + x], 1e-6, "around 4.5, that of x2");
    }
  }
}
