package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.plugins.tiff.TIFFTag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of other programs, orientation, and files that are not right. */
class ImageReaderTest {
  /** 16x16 pixels of cyan 0, magenta 204, yellow 255, black 51 of 255, by Pillow. */
  private static final String CMYK_JPEG =
      ""
          + "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJ"
          + "CAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgAEAAQBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEB"
          + "AQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQci"
          + "cRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm"
          + "Z2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV"
          + "1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD9/K/Muv5/6/TCiiiiiiiiiiii"
          + "v//Z";

  /** The same as YCCK, by ImageMagick. */
  private static final String YCCK_JPEG =
      ""
          + "/9j/7gAOQWRvYmUAZAAAAAAC/9sAQwAIBgYHBgUIBwcHCQkICgwUDQwLCwwZEhMPFB0aHx4dGhwcICQu"
          + "JyAiLCMcHCg3KSwwMTQ0NB8nOT04MjwuMzQy/9sAQwEJCQkMCwwYDQ0YMiEcITIyMjIyMjIyMjIyMjIy"
          + "MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIy/8AAFAgAEAAQBAERAAIRAQMRAQQRAP/E"
          + "ABYAAQEBAAAAAAAAAAAAAAAAAAAFB//EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAWAQEBAQAAAAAAAAAA"
          + "AAAAAAAABgf/xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADgQBAAIRAxEEAAA/AKq1ZC0wAAAB/9k=";

  /**
   * 3x2 RGB pixels of 16 bits, (20000 x + 7000 y + 1111 c), LZW, as differences, by ImageMagick.
   */
  private static final String TIFF_16 =
      ""
          + "SUkqACIAAACAAAAFcCK4ECAnQiFQmGFgNq8PgYSQuKQyAhAAAAEDAAEAAAADAAAAAQEDAAEAAAACAAAAAgEDAAMA"
          + "AADoAAAAAwEDAAEAAAAFAAAABgEDAAEAAAACAAAACgEDAAEAAAABAAAAEQEEAAEAAAAIAAAAEgEDAAEAAAABAAAA"
          + "FQEDAAEAAAADAAAAFgEDAAEAAAACAAAAFwEEAAEAAAAaAAAAHAEDAAEAAAABAAAAKQEDAAIAAAAAAAEAPQEDAAEA"
          + "AAACAAAAPgEFAAIAAAAeAQAAPwEFAAYAAADuAAAAAAAAABAAEAAQAIXrUQAAAIAAw/WoAAAAAALNzEwAAAAAAc3M"
          + "TAAAAIAAzcxMAAAAAAKPwvUAAAAAEDcaoAAAAAACK4cKAAAAIAA=";

  /** 3x2 RGBA pixels (100 x, 200 y, 50, 255 - 60 x), lossless, by Pillow. */
  private static final String WEBP =
      "UklGRjwAAABXRUJQVlA4TC8AAAAvAkAAEC8gFkyGlf8VokAgyZ9hoLFGhiDbpmADvPWDH7YgDRAIUMaKYy6I6H+sDwA=";

  /** The same without alpha, with the ICC bytes "fake profile" and EXIF orientation 6. */
  private static final String WEBP_EXIF =
      "UklGRn4AAABXRUJQVlA4WAoAAAAoAAAAAgAAAQAASUNDUAwAAABmYWtlIHByb2ZpbGVWUDhMKQAAAC8CQAAALyAW"
          + "TIaV/xWiQCDJn2GgsUZm/oOHCWKAQIAyVhxzQUT/Y30AAEVYSUYaAAAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAA"
          + "AAA=";

  @TempDir Path dir;

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(dir.resolve(name), content);
  }

  private static List<Integer> pixel(Image image, int x, int y) {
    return IntStream.range(0, image.channels()).mapToObj(c -> image.get(x, y, c)).toList();
  }

  private Image through(BufferedImage picture, String format) throws IOException {
    Path file = dir.resolve("a." + format);
    assertTrue(ImageIO.write(picture, format, file.toFile()));
    return read(file);
  }

  private static BufferedImage palette(int... argb) {
    int bits = argb.length <= 2 ? 1 : argb.length <= 4 ? 2 : argb.length <= 16 ? 4 : 8;
    IndexColorModel model = new IndexColorModel(bits, argb.length, argb, 0, true, -1, 0);
    int type = bits < 8 ? BufferedImage.TYPE_BYTE_BINARY : BufferedImage.TYPE_BYTE_INDEXED;
    BufferedImage picture = new BufferedImage(5, 3, type, model);
    for (int i = 0; i < 15; i++) {
      picture.getRaster().setSample(i % 5, i / 5, 0, i % argb.length);
    }
    return picture;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 15})
  void palettesWithAndWithoutTransparency(int colours) throws IOException {
    int[] argb = new int[colours];
    for (int i = 0; i < colours; i++) {
      argb[i] = (i == 1 ? 0x40000000 : 0xFF000000) | (i * 0x0F1105);
    }
    Image image = through(palette(argb), "png");
    assertEquals(4, image.channels());
    assertEquals(List.of(0x0F, 0x11, 0x05, 0x40), pixel(image, 1, 0));
    argb[1] |= 0xFF000000;
    image = through(palette(argb), "png");
    assertEquals(List.of(0x0F, 0x11, 0x05), pixel(image, 1, 0));
    assertEquals(List.of(0x0F, 0x11, 0x05), pixel(through(palette(argb), "gif"), 1, 0));
    if (colours != 3) { // BMP has no 2-bit palettes
      assertEquals(List.of(0x0F, 0x11, 0x05), pixel(through(palette(argb), "bmp"), 1, 0));
    }
  }

  @Test
  void tiffsOfSixteenBitsMayHoldDifferences() throws IOException {
    Path file = dir.resolve("a.tif");
    Files.write(file, Base64.getDecoder().decode(TIFF_16));
    Image image = ImageReader.read(file);
    assertEquals(16, image.bitDepth());
    for (int y = 0; y < 2; y++) {
      for (int x = 0; x < 3; x++) {
        for (int c = 0; c < 3; c++) {
          assertEquals(20000 * x + 7000 * y + 1111 * c, image.get(x, y, c));
        }
      }
    }
  }

  @Test
  void theFirstPageOfATiffHasNoProfileOfTheSecond() throws IOException {
    Path file = dir.resolve("pages.tif");
    BufferedImage page = new BufferedImage(4, 3, BufferedImage.TYPE_3BYTE_BGR);
    var writer = PlugIn.writer("tiff");
    ImageWriteParam param = writer.getDefaultWriteParam();
    var plain = writer.getDefaultImageMetadata(new ImageTypeSpecifier(page), param);
    TIFFDirectory tags = TIFFDirectory.createFromMetadata(plain);
    TIFFTag profile = BaselineTIFFTagSet.getInstance().getTag(BaselineTIFFTagSet.TAG_ICC_PROFILE);
    tags.addTIFFField(new TIFFField(profile, TIFFTag.TIFF_UNDEFINED, 4, new byte[] {1, 2, 3, 4}));
    try (var out = ImageIO.createImageOutputStream(file.toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      writer.writeToSequence(new IIOImage(page, null, null), param);
      writer.writeToSequence(new IIOImage(page, null, tags.getAsMetadata()), param);
      writer.endWriteSequence();
    }
    writer.dispose();
    assertEquals(2, ImageReader.count(file));
    assertNull(read(file).metadata().icc());
  }

  @Test
  void paletteOfGraysIsGray() throws IOException {
    Image image = through(palette(0xFF000000, 0xFF555555, 0xFFAAAAAA, 0xFFF0F0F0), "png");
    assertEquals(1, image.channels());
    assertEquals(List.of(0x55), pixel(image, 1, 0));
    byte[] png = Files.readAllBytes(dir.resolve("a.png"));
    assertEquals(PngHeader.PALETTE, png[25], "an even ramp would be written as gray");
    image = read(file("rgb.png", withChunk(png, "iCCP", rgbProfile())));
    assertEquals(3, image.channels(), "PNG allows no RGB profile beside gray");
    assertEquals(List.of(0x55, 0x55, 0x55), pixel(image, 1, 0));
  }

  private static byte[] rgbProfile() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {'p', 0, 0});
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(body)) {
      deflated.write(ICC_Profile.getInstance(ColorSpace.CS_sRGB).getData());
    }
    return body.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 3", "5, 5", "9, 8", "33, 17"})
  void interlacedPng(int width, int height) throws IOException {
    for (int channels = 1; channels <= 4; channels++) {
      for (int depth = 8; depth <= 16; depth += 8) {
        Image image = Pictures.noise(width, height, channels, depth);
        var writer = ImageIO.getImageWritersByFormatName("png").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        Path file = dir.resolve("i.png");
        Files.deleteIfExists(file);
        try (var out = ImageIO.createImageOutputStream(file.toFile())) {
          writer.setOutput(out);
          writer.write(null, new IIOImage(image.toBufferedImage(), null, null), param);
        }
        writer.dispose();
        assertEquals(1, Files.readAllBytes(file)[28], "interlace flag");
        Pictures.assertSamePixels(image, read(file));
      }
    }
  }

  /** Every picture here can be read row by row too, and gives the same then. */
  private static Image read(Path file) {
    Image image = ImageReader.read(file);
    try (ImageRows rows = ImageReader.open(file)) {
      Image again = Image.allocate(rows.header());
      ByteBuffer samples = again.samples();
      int rowBytes = rows.header().rowBytes();
      while (samples.hasRemaining()) {
        ByteBuffer some =
            samples.slice(samples.position(), Math.min(3 * rowBytes, samples.remaining()));
        samples.position(samples.position() + some.remaining());
        rows.get(some);
      }
      Pictures.assertSamePixels(image, again);
      assertArrayEquals(image.metadata().icc(), again.metadata().icc());
      assertArrayEquals(image.metadata().exif(), again.metadata().exif());
      assertArrayEquals(image.metadata().xmp(), again.metadata().xmp());
      assertEquals(image.metadata().dpi(), again.metadata().dpi());
      assertEquals(image.metadata().verticalDpi(), again.metadata().verticalDpi());
    }
    return image;
  }

  @Test
  void coloursAfterThePixelsComeTooLate() throws IOException {
    Image image = Pictures.noise(4, 3, 3, 8);
    byte[] png = png(image);
    byte[] late = withChunk(png, "tRNS", new byte[6]);
    int chunk = late.length - png.length;
    byte[] whole = Arrays.copyOf(png, png.length + chunk);
    System.arraycopy(late, 33, whole, png.length - 12, chunk);
    System.arraycopy(png, png.length - 12, whole, png.length - 12 + chunk, 12);
    Pictures.assertSamePixels(image, read(file("late.png", whole)));
  }

  /** A PNG with a chunk put in after IHDR. */
  private static byte[] withChunk(byte[] png, String type, byte... body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(png, 0, 33);
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(body);
    out.writeInt(body.length);
    out.write(name);
    out.write(body);
    out.writeInt((int) crc.getValue());
    out.write(png, 33, png.length - 33);
    return bytes.toByteArray();
  }

  private byte[] png(Image image) throws IOException {
    Path file = dir.resolve("plain.png");
    ImageWriter.write(image, file);
    return Files.readAllBytes(file);
  }

  @Test
  void transparentColourOfGrayAndRgb() throws IOException {
    Image gray = Image.allocate(2, 1, 1, 16);
    gray.set(0, 0, 0, 0x1234);
    Path file = file("t.png", withChunk(png(gray), "tRNS", (byte) 0x12, (byte) 0x34));
    Image image = read(file);
    assertEquals(List.of(0x1234, 0), pixel(image, 0, 0));
    assertEquals(List.of(0, 65535), pixel(image, 1, 0));

    Image rgb = Image.allocate(2, 1, 3, 8);
    rgb.set(1, 0, 2, 9);
    byte[] key = {0, 0, 0, 0, 0, 9};
    image = read(file("t.png", withChunk(png(rgb), "tRNS", key)));
    assertEquals(List.of(0, 0, 0, 255), pixel(image, 0, 0));
    assertEquals(List.of(0, 0, 9, 0), pixel(image, 1, 0));
  }

  /**
   * Where EXIF says the stored pixel (0, 0) of a 3x2 picture is to be seen, and the one beside it.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 3, 2, 0, 0, 1, 0",
    "2, 3, 2, 2, 0, 1, 0",
    "3, 3, 2, 2, 1, 1, 1",
    "4, 3, 2, 0, 1, 1, 1",
    "5, 2, 3, 0, 0, 0, 1",
    "6, 2, 3, 1, 0, 1, 1",
    "7, 2, 3, 1, 2, 1, 1",
    "8, 2, 3, 0, 2, 0, 1"
  })
  void orientations(int orientation, int w, int h, int x0, int y0, int x1, int y1)
      throws IOException {
    Image stored = Image.allocate(3, 2, 1, 8);
    stored.set(0, 0, 0, 200);
    stored.set(1, 0, 0, 100);
    byte[] exif = TestExif.block(orientation, 3, 2);
    Path jpeg = dir.resolve("o.jpg");
    ImageWriter.write(stored, jpeg, WriteOptions.DEFAULT.withQuality(100));
    JpegSegments segments = JpegSegments.parse(Files.readAllBytes(jpeg));
    Files.write(jpeg, segments.withMetadata(exif, null, null, 0, 0));
    Path png = file("o.png", withChunk(png(stored), "eXIf", exif));
    for (Path file : List.of(jpeg, png)) {
      Image image = read(file);
      assertEquals(w, image.width());
      assertEquals(h, image.height());
      assertEquals(200, image.get(x0, y0, 0), 3);
      assertEquals(100, image.get(x1, y1, 0), 3);
      assertEquals(1, Exif.orientation(image.metadata().exif()));
    }
  }

  @Test
  void cmykJpegBecomesRgb() throws IOException {
    for (String jpeg : List.of(CMYK_JPEG, YCCK_JPEG)) {
      Image image = read(file("c.jpg", Base64.getDecoder().decode(jpeg)));
      assertEquals(3, image.channels());
      assertEquals(204, image.get(7, 7, 0), 3);
      assertEquals(41, image.get(7, 7, 1), 3);
      assertEquals(0, image.get(7, 7, 2), 3);
    }
  }

  @Test
  void jpegWithoutJfifMarkerIsNotTakenForRgb() throws IOException {
    Image image = Pictures.waves(24, 24, 3, 8);
    Path file = dir.resolve("a.jpg");
    ImageWriter.write(image, file);
    byte[] jpeg = Files.readAllBytes(file);
    byte[] bare = Arrays.copyOfRange(jpeg, 18, jpeg.length);
    bare[0] = (byte) 0xFF;
    bare[1] = (byte) 0xD8;
    Pictures.assertClose(image, read(file("b.jpg", bare)), 4);
  }

  @Test
  void webp() throws IOException {
    Image image = read(file("a.webp", Base64.getDecoder().decode(WEBP)));
    assertEquals("Image(3x2, 4 channels of 8 bit)", image.toString());
    assertEquals(List.of(200, 200, 50, 135), pixel(image, 2, 1));
    image = read(file("a.webp", Base64.getDecoder().decode(WEBP_EXIF)));
    assertEquals("Image(2x3, 3 channels of 8 bit)", image.toString());
    assertEquals(List.of(0, 0, 50), pixel(image, 1, 0));
    assertArrayEquals("fake profile".getBytes(StandardCharsets.US_ASCII), image.metadata().icc());
    assertNull(image.metadata().xmp());
  }

  @Test
  void xmpOfWebp() throws IOException {
    byte[] webp = Base64.getDecoder().decode(WEBP_EXIF);
    byte[] packet = TestXmp.packet(6, 3, 2);
    int padded = packet.length + packet.length % 2;
    ByteBuffer longer =
        ByteBuffer.allocate(webp.length + 8 + padded).order(ByteOrder.LITTLE_ENDIAN).put(webp);
    longer.put("XMP ".getBytes(StandardCharsets.US_ASCII)).putInt(packet.length).put(packet);
    longer.putInt(4, longer.capacity() - 8);
    Image image = read(file("x.webp", longer.array()));
    assertArrayEquals(TestXmp.packet(1, 3, 2), image.metadata().xmp());
  }

  @Test
  void contentDecidesNotTheName() throws IOException {
    Image image = Pictures.noise(4, 4, 3, 8);
    Pictures.assertSamePixels(image, read(file("png.jpg", png(image))));
  }

  private static String failure(Path file) {
    ImageException byRows =
        assertThrows(
            ImageException.class,
            () -> {
              try (ImageRows rows = ImageReader.open(file)) {
                rows.whole();
              }
            });
    assertTrue(byRows.getMessage().startsWith(file.toString()), byRows.getMessage());
    ImageException e = assertThrows(ImageException.class, () -> ImageReader.read(file));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
    assertTrue(e.getMessage().contains("; "), "no fix in: " + e.getMessage());
    return e.getMessage();
  }

  @Test
  void filesThatAreNoPictures() throws IOException {
    assertTrue(failure(dir.resolve("missing.png")).contains("no such file"));
    assertTrue(failure(dir).contains("is a directory"));
    assertTrue(failure(file("e.png", new byte[0])).contains("0 bytes"));
    byte[] text = "hello, I am text".getBytes(StandardCharsets.US_ASCII);
    assertTrue(failure(file("t.png", text)).contains("is not PNG"));
    assertTrue(failure(file("one.png", new byte[1])).contains("is not PNG"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "tif", "bmp", "gif", "webp"})
  void everyCutIsNoticed(String format) throws IOException {
    Image image = Pictures.noise(40, 40, 3, 8);
    Path whole = dir.resolve("whole." + format);
    if (format.equals("webp")) {
      Files.write(whole, Base64.getDecoder().decode(WEBP));
    } else if (format.equals("bmp") || format.equals("gif")) {
      ImageIO.write(image.toBufferedImage(), format, whole.toFile());
    } else {
      ImageWriter.write(image, whole);
    }
    byte[] bytes = Files.readAllBytes(whole);
    for (int percent : new int[] {5, 20, 50, 80, 95}) {
      byte[] part = Arrays.copyOf(bytes, Math.max(12, bytes.length * percent / 100));
      failure(file("cut." + format, part));
    }
    if (format.equals("png")) {
      failure(file("cut.png", Arrays.copyOf(bytes, bytes.length - 1)));
    }
  }

  @Test
  void aFlippedBitInAPngIsNoticed() throws IOException {
    byte[] bytes = png(Pictures.noise(20, 20, 3, 8));
    for (int at = 16; at < bytes.length; at += 37) {
      byte[] bad = bytes.clone();
      bad[at] ^= 0x10;
      failure(file("bad.png", bad));
    }
  }

  @Test
  void unreadableFile() throws IOException {
    Path file = file("locked.png", png(Pictures.noise(2, 2, 1, 8)));
    assertTrue(file.toFile().setReadable(false, false));
    assumeFalse(Files.isReadable(file), "this user reads every file");
    assertTrue(failure(file).contains("no permission"));
  }
}
