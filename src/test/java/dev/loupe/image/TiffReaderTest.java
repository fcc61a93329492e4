package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TIFFs of unusual samples. */
class TiffReaderTest {
  private static final int SIDE = 8;

  @TempDir private Path dir;

  /** A flat picture; all samples are {@code value}, {@code bits} wide, rows in whole bytes. */
  private Path tiff(int bits, int value, int samples, int ink, int format) throws IOException {
    int rowBytes = SIDE * samples * bits / Byte.SIZE;
    byte[] row = new byte[rowBytes];
    for (int bit = 0; bit < rowBytes * Byte.SIZE; bit++) {
      int set = value >> (bits - 1 - bit % bits) & 1;
      row[bit / Byte.SIZE] |= (byte) (set << (7 - bit % Byte.SIZE));
    }
    int data = SIDE * rowBytes;
    ByteBuffer out = ByteBuffer.allocate(8 + data + 200).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8 + data);
    for (int y = 0; y < SIDE; y++) {
      out.put(row);
    }
    int[][] tags = {
      {256, SIDE},
      {257, SIDE},
      {258, bits},
      {259, 1},
      {262, ink},
      {273, 8},
      {277, samples},
      {278, SIDE},
      {279, data},
      {339, format}
    };
    int behind = out.position() + 2 + 12 * tags.length + 4;
    out.putShort((short) tags.length);
    for (int[] tag : tags) {
      boolean each = tag[0] == 258 && samples > 2;
      out.putShort((short) tag[0]).putShort((short) (tag[0] == 273 || tag[0] == 279 ? 4 : 3));
      out.putInt(each ? samples : 1).putInt(each ? behind : tag[1]);
    }
    out.putInt(0);
    for (int i = 0; i < samples; i++) {
      out.putShort((short) bits);
    }
    return Files.write(dir.resolve("a.tif"), out.array());
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1, 1",
    "4, 5, 1",
    "6, 21, 1",
    "8, 85, 1",
    "10, 341, 1",
    "12, 1365, 1",
    "14, 5461, 1",
    "16, 21845, 1",
    "8, 85, 3",
    "12, 1365, 3",
    "16, 21845, 3"
  })
  void aThirdOfWhiteIsOne(int bits, int third, int samples) throws IOException {
    Image image = ImageReader.read(tiff(bits, third, samples, samples == 1 ? 1 : 2, 1));
    assertEquals(bits > 8 ? 16 : 8, image.bitDepth());
    assertEquals(samples, image.channels());
    for (int c = 0; c < samples; c++) {
      assertEquals(image.maxValue() / 3.0, image.get(SIDE - 1, SIDE - 1, c), 0.51);
    }
  }

  @Test
  void whatIsNoPictureIsRefused() throws IOException {
    refused(tiff(8, 3, 1, 1, 2), "signed samples");
    refused(tiff(16, 3, 1, 1, 2), "signed samples");
    refused(tiff(8, 3, 3, 1, 1), "3 samples a pixel");
    refused(tiff(8, 3, 5, 2, 1), "5 samples a pixel");
  }

  private static void refused(Path file, String why) {
    String message = assertThrows(ImageException.class, () -> ImageReader.read(file)).getMessage();
    assertTrue(message.contains(why), message);
  }

  /** The second page is the first. */
  @Test
  void pagesInACircleAreCounted() throws IOException {
    Path file = tiff(8, 7, 1, 1, 1);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int page = bytes.getInt(4);
    bytes.putInt(page + 2 + 12 * bytes.getShort(page), page);
    Files.write(file, bytes.array());
    assertTimeoutPreemptively(Duration.ofMinutes(1), () -> ImageReader.count(file));
    assertEquals(1, ImageReader.count(file));
    assertEquals(SIDE, ImageReader.read(file).width());
  }

  /** Palettes and inverted gray with a second sample, inverted gray of odd bits. */
  @ParameterizedTest
  @CsvSource({"8, 2, 0, 2 samples", "8, 2, 3, 2 samples", "12, 1, 0, 12 bits", "6, 1, 0, 6 bits"})
  void whatWouldBeTakenForOtherColoursIsRefused(int bits, int samples, int ink, String words)
      throws IOException {
    Path file = tiff(bits, 3, samples, ink, 1);
    String said = assertThrows(ImageException.class, () -> ImageReader.read(file)).getMessage();
    assertTrue(said.contains(words) && !said.contains("damaged"), said);
  }
}
