package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of K as it is read, counted and printed. */
class PatchCountTest {
  @ParameterizedTest
  @ValueSource(strings = {"1000", "1", "7%", "14%", "28%", "55%", "0.5%", "0%", "all", "none"})
  void isPrintedAsItIsRead(String text) {
    assertEquals(text, PatchCount.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource({"1000, 8", "3, 3", "50%, 4", "30%, 2", "all, 8", "none, 0"})
  void countsAmongEightCells(String text, int patches) {
    assertEquals(patches, PatchCount.parse(text).among(8));
  }

  @Test
  void aShareMayHaveALeastCount() {
    PatchCount count = PatchCount.atLeast(100, 0.15);
    assertEquals(8, count.among(8));
    assertEquals(100, count.among(600));
    assertEquals(150, count.among(1000));
    assertEquals("15%, at least 100", count.toString());
  }

  @Test
  void whatIsNoCountIsNamed() {
    for (String text : new String[] {"-1", "120%", "many", ""}) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> PatchCount.parse(text)).getMessage();
      assertTrue(message.contains("'" + text + "'"), message);
    }
  }
}
