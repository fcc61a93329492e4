package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The metrics against numbers of the PyTorch oracle, psnr_ssim of the specification. It holds the
 * weights of Y in float32, hence agreement to 1e-6 and not further.
 */
class MetricsTest {
  private static Image pattern(int width, int height, boolean disturbed) {
    Image image = Image.allocate(width, height, 3, 8);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          int value = (x * x * (c + 1) + 3 * y * y + x * y) / 7 % 256;
          int noise = disturbed ? (x * 31 + y * 17 + c * 11) % 41 - 20 : 0;
          image.set(x, y, c, Math.max(0, Math.min(255, value + noise)));
        }
      }
    }
    return image;
  }

  @ParameterizedTest
  @CsvSource({
    "64, 48, 4, 32.997142533, 0.983814378, 26.845219577",
    "37, 29, 3, 33.053455568, 0.970784865, 26.810414320",
    "23, 31, 2, 33.045095112, 0.965486493, 26.806384081",
    "19, 17, 3, 32.890554308, 0.920522047, 26.698908030",
  })
  void agreesWithTheOracle(int w, int h, int border, double psnr, double ssim, double psnrRgb) {
    Image a = pattern(w, h, false);
    Image b = pattern(w, h, true);
    assertEquals(psnr, Metrics.psnr(a, b, border), 1e-6);
    assertEquals(ssim, Metrics.ssim(a, b, border), 1e-6);
    assertEquals(psnrRgb, Metrics.psnrRgb(a, b, border), 1e-6);
    assertEquals(psnr, Metrics.psnr(a.withBitDepth(16), b, border), 1e-6);
  }

  @Test
  void equalPicturesArePerfect() {
    Image a = pattern(20, 20, true);
    assertEquals(Double.POSITIVE_INFINITY, Metrics.psnr(a, a, 4));
    assertEquals(Double.POSITIVE_INFINITY, Metrics.psnrRgb(a, a, 4));
    assertEquals(1, Metrics.ssim(a, a, 4), 1e-12);
  }

  @Test
  void grayCountsAsRgb() {
    Image a = pattern(20, 20, true).toGray();
    Image b = pattern(20, 20, false).toGray();
    assertEquals(Metrics.psnr(a.toRgb(), b.toRgb(), 2), Metrics.psnr(a, b, 2));
  }

  @Test
  void refusesWhatCannotBeCompared() {
    Image a = pattern(20, 20, false);
    assertThrows(IllegalArgumentException.class, () -> Metrics.psnr(a, pattern(20, 21, false), 2));
    assertThrows(IllegalArgumentException.class, () -> Metrics.psnr(a, a, 10));
    assertThrows(IllegalArgumentException.class, () -> Metrics.ssim(a, a, 5));
  }
}
