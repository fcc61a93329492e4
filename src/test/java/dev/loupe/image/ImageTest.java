package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** The planes of a picture, its conversions and its limits. */
class ImageTest {
  @Test
  void samplesAreDirectAndNative() {
    Image image = Image.allocate(2, 1, 2, 16);
    image.set(1, 0, 1, 0xABCD);
    assertTrue(image.samples().isDirect());
    assertEquals(ByteOrder.nativeOrder(), image.samples().order());
    assertEquals(8, image.samples().remaining());
    assertEquals((short) 0xABCD, image.samples().getShort(6));
  }

  @Test
  void colourAndAlphaComeApartAndTogether() {
    for (int channels : new int[] {2, 4}) {
      Image image = Pictures.noise(7, 5, channels, 16);
      Image again = image.colour().withAlpha(image.alpha().orElseThrow());
      Pictures.assertSamePixels(image, again);
      assertFalse(image.isConstantAlpha());
      assertFalse(image.isOpaque());
    }
    Image plain = Pictures.noise(7, 5, 3, 8);
    assertSame(plain, plain.colour());
    assertTrue(plain.alpha().isEmpty() && plain.isConstantAlpha() && plain.isOpaque());
    assertTrue(Image.allocate(3, 3, 4, 8).isConstantAlpha());
    assertFalse(Image.allocate(3, 3, 4, 8).isOpaque());
    assertThrows(IllegalArgumentException.class, () -> plain.withAlpha(Image.allocate(7, 6, 1, 8)));
  }

  @Test
  void grayGoesThroughRgbUnchanged() {
    for (int channels = 1; channels <= 2; channels++) {
      for (int depth = 8; depth <= 16; depth += 8) {
        Image image = Pictures.noise(40, 30, channels, depth);
        Pictures.assertSamePixels(image, image.toRgb().toGray());
      }
    }
  }

  @Test
  void theTopLeftCornerIsCutOff() {
    for (int channels = 1; channels <= 4; channels++) {
      for (int depth = 8; depth <= 16; depth += 8) {
        Image image =
            Pictures.noise(7, 5, channels, depth).withMetadata(ImageMetadata.NONE.withDpi(300));
        assertSame(image, image.cropped(7, 5));
        for (int[] size : new int[][] {{7, 4}, {6, 5}, {3, 2}, {1, 1}}) {
          Image corner = image.cropped(size[0], size[1]);
          assertEquals(image.header().metadata(), corner.metadata());
          Image expected = Image.allocate(size[0], size[1], channels, depth);
          for (int i = 0; i < size[0] * size[1] * channels; i++) {
            int x = i / channels % size[0];
            int y = i / channels / size[0];
            expected.set(x, y, i % channels, image.get(x, y, i % channels));
          }
          Pictures.assertSamePixels(expected, corner);
        }
      }
    }
    Image image = Image.allocate(7, 5, 3, 8);
    assertThrows(IllegalArgumentException.class, () -> image.cropped(8, 5));
    assertThrows(IllegalArgumentException.class, () -> image.cropped(7, 6));
    assertThrows(IllegalArgumentException.class, () -> image.cropped(7, 0));
  }

  @Test
  void depthGoesUpAndDownUnchanged() {
    Image image = Pictures.noise(40, 30, 3, 8);
    Pictures.assertSamePixels(image, image.withBitDepth(16).withBitDepth(8));
    Image deep = Image.allocate(2, 1, 1, 16);
    deep.set(0, 0, 0, 128);
    deep.set(1, 0, 0, 129);
    assertEquals(0, deep.withBitDepth(8).get(0, 0, 0));
    assertEquals(1, deep.withBitDepth(8).get(1, 0, 0));
  }

  @Test
  void limitsAreClear() {
    ImageException e =
        assertThrows(ImageException.class, () -> Image.allocate(40_000, 40_000, 3, 8));
    assertTrue(e.getMessage().contains("40000x40000"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Image.allocate(0, 4, 3, 8));
    assertThrows(IllegalArgumentException.class, () -> Image.allocate(4, 4, 5, 8));
    assertThrows(IllegalArgumentException.class, () -> Image.allocate(4, 4, 3, 12));
    assertThrows(IndexOutOfBoundsException.class, () -> Image.allocate(4, 4, 3, 8).get(4, 0, 0));
  }
}
