package dev.loupe.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Tests of {@link Defines}. */
class DefinesTest {
  @Test
  void equalSetsGiveEqualTextInAnyOrder() {
    String text = new Defines().set("B", 2).set("A", "uchar").flag("C", true).text();
    assertEquals(new Defines().flag("C", true).set("A", "uchar").set("B", 2).text(), text);
    assertEquals("#define A uchar\n#define B 2\n#define C 1\n", text);
  }

  @Test
  void floatsKeepAllTheirDigits() {
    assertEquals("#define S 0x1.99999ap-4f\n", new Defines().set("S", 0.1f).text());
    assertEquals("#define S -0x1.0p-1f\n", new Defines().set("S", -0.5f).text());
  }

  @Test
  void aFlagThatDoesNotHoldIsNotDefined() {
    assertEquals("", new Defines().flag("C", false).text());
  }

  @Test
  void aNameSetTwiceIsRefused() {
    Defines defines = new Defines().set("A", 1);
    assertThrows(IllegalArgumentException.class, () -> defines.set("A", 2));
  }
}
