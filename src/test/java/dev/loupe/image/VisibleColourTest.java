package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of the colours that fully transparent pixels take. */
class VisibleColourTest {
  private static Image withAlphaAt(Image picture, int x, int y, int alpha) {
    Image out = picture.withAlpha(Image.constant(picture.width(), picture.height(), 8, 0));
    out.set(x, y, out.channels() - 1, alpha);
    return out;
  }

  @Test
  void aPictureWithoutAlphaIsItself() {
    Image picture = Pictures.noise(3, 2, 3, 8);
    assertSame(picture, VisibleColour.of(picture));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 77, 255})
  void alphaThatIsTheSameEverywhereChangesNothing(int alpha) {
    Image colour = Pictures.noise(5, 4, 3, 8);
    Image picture = colour.withAlpha(Image.constant(5, 4, 8, alpha));
    Pictures.assertSamePixels(colour, VisibleColour.of(picture));
  }

  @Test
  void oneVisiblePixelColoursThoseWithinReach() {
    Image picture = withAlphaAt(Pictures.noise(40, 35, 3, 8), 0, 34, 9);
    Image filled = VisibleColour.of(picture);
    for (int y = 0; y < 35; y++) {
      for (int x = 0; x < 40; x++) {
        boolean isNear = Math.max(x, 34 - y) <= 32;
        for (int c = 0; c < 3; c++) {
          int expected = isNear ? picture.get(0, 34, c) : picture.get(x, y, c);
          assertEquals(expected, filled.get(x, y, c), x + ", " + y);
        }
      }
    }
  }

  @Test
  void coloursCountAsFarAsTheyAreSeen() {
    Image gray = Image.allocate(3, 1, 2, 16);
    gray.set(0, 0, 0, 1000);
    gray.set(0, 0, 1, 60_000);
    gray.set(1, 0, 0, 65_535);
    gray.set(2, 0, 0, 5000);
    gray.set(2, 0, 1, 20_000);
    Image filled = VisibleColour.of(gray);
    assertEquals(2000, filled.get(1, 0, 0));
    assertEquals(1000, filled.get(0, 0, 0));
    assertEquals(5000, filled.get(2, 0, 0));
  }
}
