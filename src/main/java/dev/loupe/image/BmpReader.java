package dev.loupe.image;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import javax.imageio.stream.ImageInputStream;

/** The BMP decoder: the JDK's, with the resolution of the header. */
final class BmpReader {
  private static final int HEADER_SIZE = 14;
  private static final int WITH_RESOLUTION = 40;
  private static final int RESOLUTION = 38;

  private BmpReader() {}

  static Image read(Path file) throws IOException {
    try (ImageInputStream in = PlugIn.open(file)) {
      Image image = Image.of(PlugIn.readPicture("bmp", in));
      in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
      in.seek(HEADER_SIZE);
      if (in.readInt() < WITH_RESOLUTION) {
        return image;
      }
      in.seek(RESOLUTION);
      double across = in.readInt() * ImageMetadata.METRES_PER_INCH;
      double down = in.readInt() * ImageMetadata.METRES_PER_INCH;
      return image.withMetadata(image.metadata().withDpi(across, down));
    }
  }
}
