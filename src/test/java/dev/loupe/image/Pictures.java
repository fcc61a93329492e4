package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;

/** Made-up pictures for tests. */
final class Pictures {
  private Pictures() {}

  /** Noise over all values, with both ends present; the same for the same arguments. */
  static Image noise(int width, int height, int channels, int bitDepth) {
    Image image = Image.allocate(width, height, channels, bitDepth);
    Random random = new Random(31L * width + 17L * height + channels);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          image.set(x, y, c, random.nextInt(image.maxValue() + 1));
        }
      }
    }
    image.set(0, 0, 0, image.maxValue());
    image.set(width - 1, height - 1, channels - 1, 0);
    return image;
  }

  /** Slow waves, which JPEG keeps within a few levels. */
  static Image waves(int width, int height, int channels, int bitDepth) {
    Image image = Image.allocate(width, height, channels, bitDepth);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          double wave = 0.5 + 0.4 * Math.sin((x * (c + 1) + y * 2) / 40.0);
          image.set(x, y, c, (int) (wave * image.maxValue()));
        }
      }
    }
    return image;
  }

  static void assertSamePixels(Image expected, Image actual) {
    assertClose(expected, actual, 0);
  }

  static void assertClose(Image expected, Image actual, int tolerance) {
    assertEquals(expected.describe(), actual.describe());
    for (int y = 0; y < expected.height(); y++) {
      for (int x = 0; x < expected.width(); x++) {
        for (int c = 0; c < expected.channels(); c++) {
          int want = expected.get(x, y, c);
          int got = actual.get(x, y, c);
          if (Math.abs(want - got) > tolerance) {
            throw new AssertionError(
                "sample (%d, %d, %d): expected %d, got %d".formatted(x, y, c, want, got));
          }
        }
      }
    }
  }
}
