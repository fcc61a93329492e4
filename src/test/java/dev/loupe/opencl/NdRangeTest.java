package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** The shape of a range, before any device sees it. */
class NdRangeTest {
  @Test
  void refusesRangesWithoutWorkItems() {
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(new long[0]));
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(4, 0));
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(4).local(0));
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(4, 4).local(4));
  }

  @Test
  void groupsFillAnExtentWhole() {
    assertEquals(16, NdRange.divisor(1024, 16));
    assertEquals(11, NdRange.divisor(33 * 33, 16));
    assertEquals(1, NdRange.divisor(257, 256));
    assertEquals(3, NdRange.divisor(3, 256));
    assertEquals(1, NdRange.divisor(1, 1));
  }
}
