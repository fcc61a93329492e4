package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read back: pixels, depth, channels, profile, EXIF and resolution. */
class RoundTripTest {
  private static final byte[] ICC = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();

  @TempDir Path dir;

  static Stream<Image> pictures() {
    Stream.Builder<Image> all = Stream.builder();
    for (int[] size : new int[][] {{1, 1}, {1, 7}, {13, 1}, {31, 17}}) {
      for (int channels = 1; channels <= 4; channels++) {
        for (int depth = 8; depth <= 16; depth += 8) {
          all.add(Pictures.noise(size[0], size[1], channels, depth));
        }
      }
    }
    return all.build();
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void pngAndTiffKeepEverySample(Image image) {
    for (String name : List.of("a.png", "a.PNG", "a.tif", "a.tiff")) {
      Path file = dir.resolve(name);
      assertTrue(ImageWriter.write(image, file).isEmpty());
      Pictures.assertSamePixels(image, ImageReader.read(file));
    }
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void otherReadersReadOurPng(Image image) throws IOException {
    Path file = dir.resolve("a.png");
    ImageWriter.write(image, file);
    Pictures.assertSamePixels(image, Image.of(ImageIO.read(file.toFile())));
  }

  @Test
  void manyBandsMakeOneStream() throws IOException {
    Image image = Pictures.waves(1501, 1409, 3, 8);
    Path file = dir.resolve("a.png");
    for (int level : new int[] {0, 1, 5, 9}) {
      ImageWriter.write(image, file, WriteOptions.DEFAULT.withPngLevel(level));
      Pictures.assertSamePixels(image, ImageReader.read(file));
      Pictures.assertSamePixels(image, Image.of(ImageIO.read(file.toFile())));
    }
  }

  @Test
  void pngFindsWhatRepeats() throws IOException {
    Image tile = Pictures.noise(16, 16, 1, 8);
    Image image = Image.allocate(512, 512, 1, 8);
    for (int i = 0; i < 512 * 512; i++) {
      int x = i % 512;
      int y = i / 512;
      image.set(x, y, 0, tile.get(x % 16, y % 16, 0));
    }
    Path file = dir.resolve("a.png");
    ImageWriter.write(image, file);
    Pictures.assertSamePixels(image, Image.of(ImageIO.read(file.toFile())));
    assertTrue(Files.size(file) < 512 * 512 / 10, () -> file.toFile().length() + " bytes");
  }

  @ParameterizedTest
  @CsvSource({"1, 8", "3, 8", "1, 16", "3, 16"})
  void jpegIsClose(int channels, int depth) {
    Image image = Pictures.waves(45, 37, channels, depth);
    Path file = dir.resolve("a.jpg");
    boolean noted = ImageWriter.write(image, file).isPresent();
    assertEquals(depth == 16, noted);
    Pictures.assertClose(image.withBitDepth(8), ImageReader.read(file), 4);
  }

  @Test
  void jpegQualityMatters() throws IOException {
    Image image = Pictures.noise(64, 64, 3, 8);
    Path low = dir.resolve("low.jpg");
    Path high = dir.resolve("high.jpg");
    ImageWriter.write(image, low, WriteOptions.DEFAULT.withQuality(30));
    ImageWriter.write(image, high, WriteOptions.DEFAULT.withQuality(100));
    assertTrue(Files.size(low) * 2 < Files.size(high));
  }

  @Test
  void jpegTakesOpaqueAlpha() {
    Image image = Pictures.waves(20, 20, 3, 8);
    Image alpha = Image.allocate(20, 20, 1, 8);
    alpha.samples().put(new byte[400]);
    for (int i = 0; i < 400; i++) {
      alpha.set(i % 20, i / 20, 0, 255);
    }
    Path file = dir.resolve("a.jpeg");
    ImageWriter.write(image.withAlpha(alpha), file);
    Pictures.assertClose(image, ImageReader.read(file), 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.png", "a.jpg", "a.tif"})
  void metadataGoesThrough(String name) {
    byte[] exif = TestExif.block(6, 999, 999);
    Image image =
        Pictures.waves(30, 20, 3, 8)
            .withMetadata(
                ImageMetadata.NONE
                    .withIcc(ICC)
                    .withExif(exif)
                    .withXmp(TestXmp.packet(6, 999, 999))
                    .withDpi(300));
    Path file = dir.resolve(name);
    ImageWriter.write(image, file);
    Image back = ImageReader.read(file);
    Pictures.assertClose(image, back, name.endsWith("jpg") ? 4 : 0);
    assertArrayEquals(ICC, back.metadata().icc());
    assertEquals(300, back.metadata().dpi().orElseThrow(), 0.02);
    if (!name.endsWith("tif")) {
      assertArrayEquals(TestExif.block(1, 30, 20), back.metadata().exif());
    }
    assertArrayEquals(TestXmp.packet(1, 30, 20), back.metadata().xmp());
    ImageWriter.write(image, file, WriteOptions.DEFAULT.withMetadata(false));
    ImageMetadata stripped = ImageReader.read(file).metadata();
    assertNull(stripped.xmp());
    assertNull(stripped.exif());
    assertArrayEquals(ICC, stripped.icc());
    assertEquals(300, stripped.dpi().orElseThrow(), 0.02);
  }

  /** A TIFF may say 72/0, which is infinite; it holds no more than 42 million. */
  @ParameterizedTest
  @CsvSource({"0, 0", "-1, 0", "NaN, 0", "Infinity, 0", "1e6, 0", "5e7, 0", "72, 72", "2e5, 2e5"})
  void aResolutionThatNoPictureHasIsUnknown(double said, double kept) {
    ImageMetadata metadata = ImageMetadata.NONE.withDpi(said);
    assertEquals(kept, metadata.dpi().orElse(0));
    for (String name : List.of("a.tif", "a.png")) {
      Path file = dir.resolve(name);
      ImageWriter.write(Pictures.noise(3, 2, 3, 8).withMetadata(metadata), file);
      assertEquals(kept, ImageReader.read(file).metadata().dpi().orElse(0), 0.02, name);
    }
  }

  private static void assertDpi(double x, double y, ImageMetadata metadata) {
    assertEquals(x, metadata.dpi().orElse(0), 0.02);
    assertEquals(y, metadata.verticalDpi().orElse(0), 0.02);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fax.png", "fax.jpg", "fax.tif"})
  void pixelsNeedNotBeSquare(String name) {
    ImageMetadata fax = ImageMetadata.NONE.withDpi(204, 98).withIcc(ICC).withExif(null);
    assertDpi(204, 98, fax.withXmp(null));
    Image image = Pictures.waves(9, 7, 3, 8).withMetadata(fax);
    ImageWriter.write(image, dir.resolve(name));
    assertDpi(204, 98, ImageReader.read(dir.resolve(name)).metadata());
  }

  @ParameterizedTest
  @CsvSource({
    "204, 0, 204, 204",
    "NaN, 98, 98, 98",
    "-3, 1e7, 0, 0",
    "204, Infinity, 204, 204",
    "0, 0, 0, 0",
    "204, 98, 204, 98"
  })
  void aResolutionThatIsUnknownIsTheOther(double x, double y, double keptX, double keptY) {
    assertDpi(keptX, keptY, ImageMetadata.NONE.withDpi(72).withDpi(x, y));
    assertDpi(72, 72, ImageMetadata.NONE.withDpi(x, y).withDpi(72));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void aTurnedPictureHasItsResolutionTurned(int orientation) throws IOException {
    byte[] exif = TestExif.block(orientation, 9, 7);
    Path file = dir.resolve("turned.jpg");
    ImageWriter.write(Pictures.waves(9, 7, 3, 8), file);
    JpegSegments jpeg = JpegSegments.parse(Files.readAllBytes(file));
    Files.write(file, jpeg.withMetadata(exif, null, null, 204, 98));
    boolean swapped = orientation > 4;
    Image image = ImageReader.read(file);
    assertEquals(swapped ? 7 : 9, image.width());
    assertDpi(swapped ? 98 : 204, swapped ? 204 : 98, image.metadata());
  }

  @Test
  void aTiffOfCentimetresIsRead() throws IOException {
    Path file = dir.resolve("cm.tif");
    Image image = Pictures.waves(9, 7, 3, 8);
    ImageWriter.write(image.withMetadata(ImageMetadata.NONE.withDpi(100, 50)), file);
    byte[] tiff = Files.readAllBytes(file);
    ByteBuffer bytes =
        ByteBuffer.wrap(tiff)
            .order(tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = bytes.getInt(4);
    for (int i = 0; i < bytes.getShort(directory); i++) {
      int entry = directory + 2 + 12 * i;
      if (bytes.getShort(entry) == 296) { // ResolutionUnit
        bytes.putShort(entry + 8, (short) 3);
      }
    }
    Files.write(file, tiff);
    assertDpi(254, 127, ImageReader.read(file).metadata());
  }

  @Test
  void largeProfileFillsManySegments() {
    byte[] large = new byte[200_000];
    System.arraycopy(ICC, 0, large, 0, ICC.length);
    large[199_999] = 7;
    Image image = Pictures.waves(9, 9, 3, 8).withMetadata(ImageMetadata.NONE.withIcc(large));
    for (String name : List.of("a.png", "a.jpg", "a.tif")) {
      ImageWriter.write(image, dir.resolve(name));
      assertArrayEquals(large, ImageReader.read(dir.resolve(name)).metadata().icc(), name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"日本語 写真.png", "Ünïcödé é.jpg", "🦉 owl.tif", "имя файла.png", "a'b\"c$.png"})
  void namesInAnyScript(String name) {
    Path file;
    try {
      file = dir.resolve(name);
    } catch (InvalidPathException e) {
      assumeTrue(false, "this system's locale cannot name the file: set LC_ALL=C.UTF-8");
      return;
    }
    Image image = Pictures.waves(5, 4, 3, 8);
    ImageWriter.write(image, file);
    Pictures.assertClose(image, ImageReader.read(file), name.endsWith("jpg") ? 4 : 0);
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void bufferedImagesKeepEverySample(Image image) {
    Pictures.assertSamePixels(image, Image.of(image.toBufferedImage()));
    Image profiled = image.withMetadata(ImageMetadata.NONE.withIcc(ICC));
    Image back = Image.of(profiled.toBufferedImage());
    Pictures.assertSamePixels(image, back);
    assertEquals(!image.isGray(), back.metadata().icc() != null);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_INT_ARGB,
        BufferedImage.TYPE_INT_ARGB_PRE,
        BufferedImage.TYPE_INT_BGR,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR_PRE,
        BufferedImage.TYPE_BYTE_INDEXED,
        BufferedImage.TYPE_USHORT_565_RGB
      })
  void everyJavaTypeIsTaken(int type) {
    BufferedImage picture = new BufferedImage(3, 2, type);
    picture.setRGB(2, 1, 0xFFFF00FF);
    Image image = Image.of(picture.getSubimage(1, 0, 2, 2));
    assertEquals(2, image.width());
    assertEquals(
        List.of(255, 0, 255), List.of(image.get(1, 1, 0), image.get(1, 1, 1), image.get(1, 1, 2)));
    assertEquals(0, image.get(0, 0, 0));
  }

  @Test
  void premultipliedAlphaIsDivided() {
    BufferedImage picture = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB_PRE);
    picture.getRaster().setPixel(0, 0, new int[] {64, 0, 128, 128});
    Image image = Image.of(picture);
    assertEquals(128, image.get(0, 0, 0));
    assertEquals(255, image.get(0, 0, 2));
    assertEquals(128, image.get(0, 0, 3));
  }
}
