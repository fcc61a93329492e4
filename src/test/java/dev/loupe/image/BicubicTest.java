package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bicubic resizing against MATLAB's pictures, published figures and properties of the weights. */
class BicubicTest {
  private static final Path EVAL = Path.of("../shared/data/eval");

  private static List<Path> highRes(String set, int scale) throws IOException {
    Path folder = EVAL.resolve(set).resolve("x" + scale);
    assumeTrue(Files.isDirectory(folder), "no evaluation pictures at " + folder);
    try (var files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith("_HR.png")).sorted().toList();
    }
  }

  private static Path lowRes(Path highRes) {
    return Path.of(highRes.toString().replace("_HR.png", "_LR.png"));
  }

  @ParameterizedTest
  @CsvSource({"Set5, 2", "Set5, 3", "Set5, 4", "BSD100, 4"})
  void shrinksLikeMatlab(String set, int scale) throws IOException {
    for (Path file : highRes(set, scale)) {
      Image high = ImageReader.read(file);
      Image low = ImageReader.read(lowRes(file));
      Image made = Bicubic.resize(high, high.width() / scale, high.height() / scale);
      Pictures.assertSamePixels(low, made);
    }
  }

  /** Papers differ in rounding Y to 8 bits before SSIM (0.8101 so, 0.8111 not), hence 0.001. */
  @ParameterizedTest
  @CsvSource({"Set5, 2, 33.66, 0.9299", "Set5, 4, 28.42, 0.8104", "BSD100, 4, 25.96, 0.6675"})
  void enlargesToThePublishedFigures(String set, int scale, double psnr, double ssim)
      throws IOException {
    double psnrSum = 0;
    double ssimSum = 0;
    List<Path> files = highRes(set, scale);
    for (Path file : files) {
      Image high = ImageReader.read(file);
      Image made = Bicubic.resize(ImageReader.read(lowRes(file)), high.width(), high.height());
      psnrSum += Metrics.psnr(made, high, scale);
      ssimSum += Metrics.ssim(made, high, scale);
    }
    assertEquals(psnr, psnrSum / files.size(), 0.02);
    assertEquals(ssim, ssimSum / files.size(), 0.001);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 4, 4", "1, 7, 3, 2", "13, 11, 52, 44", "13, 11, 5, 3", "5, 40, 11, 7"})
  void keepsAConstant(int w, int h, int outW, int outH) {
    float[] plane = new float[w * h];
    Arrays.fill(plane, 0.7f);
    for (float value : Bicubic.resize(plane, w, h, outW, outH)) {
      assertEquals(0.7f, value, 1e-6f);
    }
  }

  @Test
  void sameSizeIsIdentity() {
    Image image = Pictures.noise(17, 13, 4, 16);
    Image opaque = image.colour();
    Pictures.assertSamePixels(opaque, Bicubic.resize(opaque, 17, 13));
  }

  /** By hand: output 3 of a doubling lies at 1.25, so it takes k(1.75) of input 3, and so on. */
  @Test
  void weightsAreKeysCubic() {
    float[] out = Bicubic.resize(new float[] {0, 0, 0, 1, 0, 0, 0}, 7, 1, 14, 1);
    float near = 0.8671875f; // k(0.25) = 1.5/64 - 2.5/16 + 1
    float far = 0.2265625f; // k(0.75)
    float[] expected = {0, 0, 0, -0.0234375f, -0.0703125f, far, near};
    assertArrayEquals(expected, Arrays.copyOf(out, 7), 1e-6f);
  }

  @Test
  void colourUnderTransparencyDoesNotBleed() {
    Image image = Image.allocate(8, 8, 4, 8);
    for (int i = 0; i < 64; i++) {
      boolean clear = i % 8 < 4;
      image.set(i % 8, i / 8, 0, clear ? 0 : 200);
      image.set(i % 8, i / 8, 3, clear ? 0 : 255);
    }
    Image out = Bicubic.resize(image, 24, 24);
    for (int x = 0; x < 24; x++) {
      if (out.get(x, 12, 3) > 8) {
        assertEquals(200, out.get(x, 12, 0), 1, "column " + x);
      }
    }
  }

  @Test
  void refusesAPlaneOfAnotherSize() {
    assertThrows(IllegalArgumentException.class, () -> Bicubic.resize(new float[5], 2, 3, 4, 6));
    assertThrows(IllegalArgumentException.class, () -> Bicubic.resize(new float[6], 2, 3, 0, 6));
  }
}
