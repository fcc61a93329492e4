package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JPEGs that are damaged, of other kinds, or tell their resolution in EXIF alone. */
class JpegReaderTest {
  @TempDir Path dir;

  private Path file;
  private byte[] jpeg;

  @BeforeEach
  void aPicture() throws IOException {
    file = dir.resolve("a.jpg");
    ImageWriter.write(Pictures.noise(64, 48, 3, 8), file);
    jpeg = Files.readAllBytes(file);
  }

  private String refusal(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    return assertThrows(ImageException.class, () -> ImageReader.read(file)).getMessage();
  }

  /** Most damage to a scan makes other pixels of it, and cannot be noticed. */
  @Test
  void codesThatThereAreNotAreDamage() throws IOException {
    int noticed = 0;
    for (int at = jpeg.length / 2; at < jpeg.length - 10; at += 20) {
      byte[] damaged = jpeg.clone();
      Arrays.fill(damaged, at, at + 4, (byte) 0xFE);
      Files.write(file, damaged);
      try {
        ImageReader.read(file);
      } catch (ImageException e) {
        assertTrue(e.getMessage().contains("damaged") || e.getMessage().contains("cut"));
        noticed += e.getMessage().contains("Corrupt JPEG data") ? 1 : 0;
      }
    }
    assertTrue(noticed > 0);
  }

  /** As drones, scanners and webcams write them. */
  @Test
  void bytesThatFillUpAScanAreNoDamage() throws IOException {
    Image whole = ImageReader.read(file);
    byte[] padded = Arrays.copyOf(jpeg, jpeg.length + 600);
    for (int i = jpeg.length - 2; i < padded.length - 2; i++) {
      padded[i] = (byte) (i % 100);
    }
    System.arraycopy(jpeg, jpeg.length - 2, padded, padded.length - 2, 2);
    Files.write(file, padded);
    Pictures.assertClose(whole, ImageReader.read(file), 0);
  }

  @ParameterizedTest
  @CsvSource({"0xC0, 12, 12 bits", "0xC3, 8, lossless", "0xCD, 8, hierarchical"})
  void otherKindsAreNotCalledDamaged(String kind, int bits, String words) throws IOException {
    int frame = 0;
    while ((jpeg[frame] & 0xFF) != 0xFF || (jpeg[frame + 1] & 0xFF) != 0xC0) {
      frame++;
    }
    jpeg[frame + 1] = (byte) (int) Integer.decode(kind);
    jpeg[frame + 4] = (byte) bits;
    String said = refusal(jpeg);
    assertTrue(said.contains(words) && !said.contains("damaged"), said);
  }

  /** Cameras write no JFIF marker. */
  @ParameterizedTest
  @CsvSource({"2, 300, 300", "3, 118, 299.72"})
  void theResolutionMayStandInExifAlone(int unit, int density, double dpi) throws IOException {
    ByteArrayOutputStream camera = new ByteArrayOutputStream();
    camera.write(jpeg, 0, 2);
    byte[] exif = exif(unit, density);
    ByteBuffer head = ByteBuffer.allocate(10).putShort((short) 0xFFE1);
    head.putShort((short) (exif.length + 8));
    head.put("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1));
    camera.writeBytes(head.array());
    camera.writeBytes(exif);
    int jfif = 4 + (jpeg[5] & 0xFF);
    assertEquals(0xE0, jpeg[3] & 0xFF, "a JFIF marker comes first");
    camera.write(jpeg, jfif, jpeg.length - jfif);
    Files.write(file, camera.toByteArray());
    ImageMetadata metadata = ImageReader.read(file).metadata();
    assertEquals(dpi, metadata.dpi().orElse(0), 0.01);
    assertEquals(2 * dpi, metadata.verticalDpi().orElse(0), 0.01);
    Files.write(file, jpeg);
    assertTrue(ImageReader.read(file).metadata().dpi().isEmpty());
  }

  /** Twice as many rows per inch as pixels of a row. */
  private static byte[] exif(int unit, int density) {
    ByteBuffer out = ByteBuffer.allocate(8 + 2 + 3 * 12 + 4 + 16);
    out.put((byte) 'M').put((byte) 'M').putShort((short) 42).putInt(8).putShort((short) 3);
    int behind = out.capacity() - 16;
    out.putShort((short) 0x011A).putShort((short) 5).putInt(1).putInt(behind);
    out.putShort((short) 0x011B).putShort((short) 5).putInt(1).putInt(behind + 8);
    out.putShort((short) 0x0128).putShort((short) 3).putInt(1).putInt(unit << 16);
    out.putInt(0).putInt(density * 10).putInt(10).putInt(2 * density).putInt(1);
    return out.array();
  }
}
