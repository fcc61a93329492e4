package dev.loupe.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Tests of the relative error. */
class RelativeErrorTest {
  @Test
  void isTheLargestDifferenceOverTheRange() {
    float[] expected = {-1, 3, 2};
    assertEquals(0, RelativeError.of(expected, expected.clone()));
    assertEquals(0.5, RelativeError.of(expected, new float[] {-1.5f, 5, 2}));
    assertEquals(0.25, RelativeError.of(new float[] {7, 7}, new float[] {7, 7.25f}));
  }

  @Test
  void isInfiniteWhereAValueIsNoNumber() {
    float[] numbers = {0, 1};
    assertEquals(Double.POSITIVE_INFINITY, RelativeError.of(numbers, new float[] {Float.NaN, 1}));
    float[] infinite = {0, Float.POSITIVE_INFINITY};
    assertEquals(Double.POSITIVE_INFINITY, RelativeError.of(infinite, new float[] {0, 1}));
    assertEquals(
        Double.POSITIVE_INFINITY,
        RelativeError.of(numbers, new float[] {Float.POSITIVE_INFINITY, 1}));
  }

  @Test
  void refusesOtherLengths() {
    assertThrows(
        IllegalArgumentException.class, () -> RelativeError.of(new float[1], new float[2]));
  }
}
