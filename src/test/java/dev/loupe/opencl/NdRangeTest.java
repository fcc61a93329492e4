package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The shape of a range, before any device sees it. */
class NdRangeTest {
  @Test
  void roundsUpToWholeGroups() {
    NdRange range = NdRange.global(1, 8, 9).local(8, 8, 8).roundedUp();
    assertEquals(List.of(8L, 8L, 16L), range.global());
    assertEquals(List.of(8L, 8L, 8L), range.local());
    assertEquals(NdRange.global(7), NdRange.global(7).roundedUp());
  }

  @Test
  void refusesRangesWithoutWorkItems() {
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(new long[0]));
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(1, 1, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(4, 0));
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(4).local(0));
    assertThrows(IllegalArgumentException.class, () -> NdRange.global(4, 4).local(4));
  }
}
