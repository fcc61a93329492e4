package dev.loupe.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopKReferenceTest {
  private static FloatTensor mask(double... values) {
    return Tensors.of(Shape.frame(1, 1, values.length), values);
  }

  @Test
  void selectsTheLargestInRasterOrder() {
    FloatTensor mask = mask(0.1, 0.9, -5, 0.3, 7);
    assertArrayEquals(new int[] {}, TopKReference.forward(mask, 0));
    assertArrayEquals(new int[] {4}, TopKReference.forward(mask, 1));
    assertArrayEquals(new int[] {1, 3, 4}, TopKReference.forward(mask, 3));
    assertArrayEquals(new int[] {0, 1, 2, 3, 4}, TopKReference.forward(mask, 5));
    assertArrayEquals(new int[] {0, 1, 2, 3, 4}, TopKReference.forward(mask, 1000));
  }

  @Test
  void tiesGoToTheLowestIndex() {
    assertArrayEquals(new int[] {1, 2, 4}, TopKReference.forward(mask(1, 2, 2, 1, 2, 2), 3));
    assertArrayEquals(new int[] {0, 1}, TopKReference.forward(mask(-0.0, 0.0, -0.0, 0.0), 2));
  }

  @Test
  void agreesWithARankCount() {
    // A cell is among the K largest when fewer than K cells beat it or tie with it from the left.
    FloatTensor mask = Tensors.random(1, Shape.frame(1, 17, 13));
    for (int i = 0; i < mask.data().length; i++) {
      mask.data()[i] = Math.round(mask.data()[i] * 4);
    }
    float[] values = mask.data();
    for (int k : new int[] {1, 2, 50, 110, 220, 221}) {
      int limit = k;
      int[] expected =
          IntStream.range(0, values.length)
              .filter(
                  i ->
                      IntStream.range(0, values.length)
                              .filter(
                                  j -> values[j] > values[i] || (values[j] == values[i] && j < i))
                              .count()
                          < limit)
              .toArray();
      assertEquals(k, expected.length);
      assertArrayEquals(expected, TopKReference.forward(mask, k), () -> "K = " + limit);
    }
  }

  @Test
  void refusesNaNNegativeKAndBatches() {
    float[] infinite = {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    assertArrayEquals(
        new int[] {1}, TopKReference.forward(new FloatTensor(Shape.frame(1, 1, 2), infinite), 1));
    ArithmeticException refused =
        assertThrows(
            ArithmeticException.class, () -> TopKReference.forward(mask(1, Double.NaN, 2), 1));
    assertTrue(refused.getMessage().contains("(0, 0, 0, 1)"), refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> TopKReference.forward(mask(1), -1));
    assertThrows(
        IllegalArgumentException.class,
        () -> TopKReference.forward(FloatTensor.zeros(new Shape(2, 1, 1, 1)), 1));
  }

  @Test
  void doesNotTouchTheMask() {
    FloatTensor mask = mask(3, 1, 2);
    TopKReference.forward(mask, 2);
    assertEquals("[3.0, 1.0, 2.0]", Arrays.toString(mask.data()));
  }
}
