package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link ResizeSink} against {@link Bicubic}. */
class ResizeSinkTest {
  private static Image resized(Image image, int width, int height, int rowsAtOnce) {
    Image result = Image.allocate(image.header().resized(width, height));
    RowSink sink = new ResizeSink(image.header(), result.header(), RowSink.into(result.samples()));
    ByteBuffer samples = image.samples();
    int part = image.header().rowBytes() * rowsAtOnce;
    while (samples.hasRemaining()) {
      int bytes = Math.min(part, samples.remaining());
      sink.put(samples.slice(samples.position(), bytes).order(samples.order()));
      samples.position(samples.position() + bytes);
    }
    return result;
  }

  @ParameterizedTest
  @CsvSource({
    "64, 48, 3, 8, 37, 23",
    "61, 53, 1, 16, 61, 20",
    "67, 59, 3, 16, 7, 59",
    "64, 64, 4, 8, 31, 32",
    "40, 30, 2, 16, 13, 29",
    "17, 13, 3, 8, 1, 1",
    "1, 1, 3, 8, 1, 1",
    "300, 2, 3, 8, 20, 1"
  })
  void isAsBicubic(int width, int height, int channels, int depth, int newWidth, int newHeight) {
    Image image = Pictures.noise(width, height, channels, depth);
    Image expected = Bicubic.resize(image, newWidth, newHeight);
    // Of opaque pictures, Bicubic rounds once more, between the directions; a share of an alpha of
    // little is a level or more of 16 bits.
    int tolerance = depth == 8 ? 1 : 4;
    Pictures.assertClose(expected, resized(image, newWidth, newHeight, 1), tolerance);
  }

  @Test
  void rowsMayComeInAnyParts() {
    Image image = Pictures.noise(31, 29, 4, 8);
    Image one = resized(image, 20, 11, 1);
    Pictures.assertSamePixels(one, resized(image, 20, 11, 7));
    Pictures.assertSamePixels(one, resized(image, 20, 11, 29));
  }

  @Test
  void theSameSizeIsTheSamePicture() {
    Image image = Pictures.noise(23, 19, 3, 16);
    Pictures.assertSamePixels(image, resized(image, 23, 19, 3));
  }

  @Test
  void whatIsTransparentDoesNotBleed() {
    Image image = Image.allocate(8, 8, 4, 8);
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 8; x++) {
        boolean solid = x >= 4;
        image.set(x, y, 0, solid ? 200 : 0);
        image.set(x, y, 3, solid ? 255 : 0);
      }
    }
    Image half = resized(image, 4, 4, 1);
    for (int y = 0; y < 4; y++) {
      for (int x = 2; x < 4; x++) {
        assertEquals(200, half.get(x, y, 0));
      }
    }
  }

  @Test
  void whatIsTransparentKeepsItsColour() {
    Image image = Image.allocate(9, 6, 4, 16);
    for (int y = 0; y < 6; y++) {
      for (int x = 0; x < 9; x++) {
        image.set(x, y, 0, 50000);
        image.set(x, y, 2, 7);
      }
    }
    Image small = resized(image, 5, 3, 2);
    for (int y = 0; y < 3; y++) {
      for (int x = 0; x < 5; x++) {
        assertEquals(50000, small.get(x, y, 0));
        assertEquals(0, small.get(x, y, 1));
        assertEquals(7, small.get(x, y, 2));
        assertEquals(0, small.get(x, y, 3));
      }
    }
  }
}
