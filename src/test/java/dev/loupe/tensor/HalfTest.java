package dev.loupe.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Tests of {@link Half}. */
class HalfTest {
  @Test
  void everyHalfSurvivesTheWayThroughFloat() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Half.toFloat((short) bits);
      if (Float.isNaN(value)) {
        assertTrue((bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0, "bits " + bits);
        assertTrue(Float.isNaN(Half.toFloat(Half.fromFloat(value))));
      } else {
        assertEquals((short) bits, Half.fromFloat(value), "bits " + bits);
      }
    }
  }

  @Test
  void midpointsRoundToTheEvenNeighbourAndTheRestToTheNearest() {
    for (int bits = 0; bits < 0x7bff; bits++) {
      float low = Half.toFloat((short) bits);
      float high = Half.toFloat((short) (bits + 1));
      float middle = (low + high) / 2;
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertEquals((short) even, Half.fromFloat(middle), "between " + low + " and " + high);
      assertEquals((short) bits, Half.fromFloat(Math.nextDown(middle)));
      assertEquals((short) (bits + 1), Half.fromFloat(Math.nextUp(middle)));
    }
  }

  @Test
  void knownValues() {
    assertEquals(1f, Half.toFloat((short) 0x3c00));
    assertEquals(-2f, Half.toFloat((short) 0xc000));
    assertEquals(Half.MAX_VALUE, Half.toFloat((short) 0x7bff));
    assertEquals(0x1p-24f, Half.toFloat((short) 1));
    assertEquals((short) 0x7bff, Half.fromFloat(65519.996f));
    assertEquals((short) 0x7c00, Half.fromFloat(65520f));
    assertEquals((short) 0x8000, Half.fromFloat(-0f));
    assertEquals((short) 0xfc00, Half.fromFloat(Float.NEGATIVE_INFINITY));
  }
}
