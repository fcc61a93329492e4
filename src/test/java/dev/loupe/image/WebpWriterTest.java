package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** WebP without loss is what it was, with loss near it, and the file says what it holds. */
class WebpWriterTest {
  @TempDir Path dir;

  private Image through(Image image, WriteOptions options) {
    Path file = dir.resolve("a.webp");
    ImageWriter.write(image, file, options);
    return ImageReader.read(file);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "13, 1", "31, 17", "257, 129"})
  void losslessKeepsEverySample(int width, int height) {
    for (int channels = 1; channels <= 4; channels++) {
      Image image = Pictures.noise(width, height, channels, 8);
      Pictures.assertSamePixels(image.toRgb(), through(image, WriteOptions.DEFAULT));
    }
  }

  @Test
  void losslessKeepsColourUnderTransparency() {
    Image image = Pictures.noise(40, 30, 4, 8);
    for (int x = 0; x < 40; x++) {
      image.set(x, 7, 3, 0);
    }
    Pictures.assertSamePixels(image, through(image, WriteOptions.DEFAULT));
  }

  @Test
  void sixteenBitsAreRoundedAndThatIsSaid() {
    Image image = Pictures.noise(20, 10, 3, 16);
    Path file = dir.resolve("a.webp");
    Optional<String> note = ImageWriter.write(image, file);
    assertTrue(note.orElseThrow().contains("WebP holds 8 bits"), note::get);
    Pictures.assertSamePixels(image.withBitDepth(8), ImageReader.read(file));
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 4})
  void qualityMeansLoss(int channels) throws IOException {
    Image image = Pictures.waves(301, 203, channels, 8);
    Image high = through(image, WriteOptions.DEFAULT.withQuality(95));
    long highBytes = Files.size(dir.resolve("a.webp"));
    Pictures.assertClose(image.colour(), high.colour(), 12);
    assertEquals(channels, high.channels());
    if (channels == 4) {
      Pictures.assertSamePixels(image.alpha().orElseThrow(), high.alpha().orElseThrow());
    }
    through(image, WriteOptions.DEFAULT.withQuality(20));
    assertTrue(Files.size(dir.resolve("a.webp")) < highBytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 90})
  void metadataGoesThrough(int quality) throws IOException {
    byte[] icc = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    ImageMetadata metadata =
        ImageMetadata.NONE
            .withIcc(icc)
            .withExif(TestExif.block(1, 999, 999))
            .withXmp(TestXmp.packet(1, 999, 999));
    Image image = Pictures.waves(30, 20, 4, 8).withMetadata(metadata);
    WriteOptions options = WriteOptions.DEFAULT;
    Image back = through(image, quality == 0 ? options : options.withQuality(quality));
    assertArrayEquals(icc, back.metadata().icc());
    assertArrayEquals(TestExif.block(1, 30, 20), back.metadata().exif());
    assertArrayEquals(TestXmp.packet(1, 30, 20), back.metadata().xmp());
    String pixels = quality == 0 ? "VP8L" : "ALPH VP8 ";
    assertEquals("VP8X ICCP %s EXIF XMP ".formatted(pixels), types());
    Image plain = through(image, WriteOptions.DEFAULT.withMetadata(false));
    assertArrayEquals(icc, plain.metadata().icc());
    assertNull(plain.metadata().exif());
    assertNull(plain.metadata().xmp());
  }

  /** The chunks' types in the file's order. */
  private String types() throws IOException {
    byte[] file = Files.readAllBytes(dir.resolve("a.webp"));
    ByteBuffer chunks = ByteBuffer.wrap(file).position(WebpChunk.HEADER_BYTES);
    return String.join(" ", WebpChunk.of(chunks).stream().map(WebpChunk::type).toList());
  }

  @Test
  void aProfileOfGraysIsLeftOutAndThatIsSaid() {
    byte[] icc = ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();
    Image image = Pictures.noise(5, 4, 1, 8).withMetadata(ImageMetadata.NONE.withIcc(icc));
    Path file = dir.resolve("a.webp");
    Optional<String> note = ImageWriter.write(image, file);
    assertTrue(note.orElseThrow().contains("profile of grays was left out"), note::get);
    assertNull(ImageReader.read(file).metadata().icc());
  }

  @Test
  void sidesBeyond16383AreRefused() {
    Path file = dir.resolve("a.webp");
    ImageWriter.write(Image.allocate(16_383, 1, 3, 8), file);
    assertEquals(16_383, ImageReader.read(file).width());
    Image large = Image.allocate(1, 16_384, 3, 8);
    ImageException e = assertThrows(ImageException.class, () -> ImageWriter.write(large, file));
    assertTrue(
        e.getMessage().endsWith("WebP holds at most 16383 pixels a side, not 16384; use .png"));
  }

  /** As a download or a sector's end may leave them. */
  @Test
  void whatStandsBehindTheFileIsPassedOver() throws IOException {
    Path file = dir.resolve("a.webp");
    Image image = Pictures.noise(9, 7, 3, 8);
    ImageWriter.write(image, file);
    Files.write(file, new byte[] {'x', 'y', 'z', 1, 2, 3, 4, 5, 6}, StandardOpenOption.APPEND);
    Pictures.assertClose(image, ImageReader.read(file), 0);
  }
}
