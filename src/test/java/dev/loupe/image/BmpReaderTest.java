package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The resolution of a BMP. */
class BmpReaderTest {
  /** Where the header states pixels a metre, of a row and of a column. */
  private static final int RESOLUTION = 38;

  @TempDir private Path dir;

  @Test
  void theResolutionComesAlong() throws IOException {
    ByteArrayOutputStream bmp = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(5, 3, BufferedImage.TYPE_3BYTE_BGR), "bmp", bmp);
    byte[] bytes = bmp.toByteArray();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(RESOLUTION, 11811);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(RESOLUTION + 4, 5906);
    Path file = Files.write(dir.resolve("a.dib"), bytes);
    assertTrue(ImageFormat.isReadable(file));
    ImageMetadata metadata = ImageReader.read(file).metadata();
    assertEquals(300, metadata.dpi().orElseThrow(), 0.01);
    assertEquals(150, metadata.verticalDpi().orElseThrow(), 0.02);
  }
}
