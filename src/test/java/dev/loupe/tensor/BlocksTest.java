package dev.loupe.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Tests of {@link Blocks}. */
class BlocksTest {
  @Test
  void theLastBlockNeedNotBeFull() {
    assertEquals(0, Blocks.count(0, 4));
    assertEquals(1, Blocks.count(1, 4));
    assertEquals(2, Blocks.count(8, 4));
    assertEquals(3, Blocks.count(9, 4));
    assertEquals(12, Blocks.roundUp(9, 4));
    assertEquals(7, Blocks.roundUp(7, 1));
  }

  @Test
  void longsPassTheRangeOfInts() {
    assertEquals(1L << 29, Blocks.count((1L << 33) - 15, 16));
    assertEquals(1L << 33, Blocks.roundUp((1L << 33) - 15, 16));
  }
}
