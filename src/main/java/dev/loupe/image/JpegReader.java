package dev.loupe.image;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The JPEG decoder: ImageIO's one for the pixels, {@link JpegSegments} for what stands around them.
 *
 * <p>Four-component files (CMYK, YCCK) become sRGB through their profile, or plainly without one.
 */
final class JpegReader {
  private JpegReader() {}

  static Image read(byte[] file) throws IOException {
    JpegSegments segments = JpegSegments.parse(file);
    byte[] exif = segments.exif();
    boolean cmyk = segments.components() == 4;
    Image stored;
    try (ImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(segments.stripped()))) {
      stored =
          cmyk
              ? fromCmyk(PlugIn.readRaster("jpeg", in), segments)
              : Image.of(PlugIn.readPicture("jpeg", in));
    }
    boolean hasDpi = segments.dpi() > 0 || segments.verticalDpi() > 0;
    ImageMetadata metadata =
        ImageMetadata.NONE
            .withIcc(cmyk ? null : segments.icc())
            .withExif(exif)
            .withXmp(segments.xmp())
            .withDpi(
                hasDpi ? segments.dpi() : Exif.dpi(exif),
                hasDpi ? segments.verticalDpi() : Exif.verticalDpi(exif));
    int orientation = Exif.orientation(exif);
    return Orientation.upright(stored.withMetadata(metadata), orientation);
  }

  private static Image fromCmyk(Raster raster, JpegSegments segments) throws IOException {
    boolean inverted = segments.adobeTransform() >= 0; // Adobe stores 255 - ink
    boolean ycck = segments.adobeTransform() == 2;
    int width = raster.getWidth();
    int height = raster.getHeight();
    var inks = raster.createCompatibleWritableRaster(width, height);
    int[] row = new int[4 * width];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int i = 0; i < row.length; i += 4) {
        if (ycck) {
          toCmyk(row, i);
        }
        for (int c = 0; inverted && c < 4; c++) {
          row[i + c] = 255 - row[i + c];
        }
      }
      inks.setPixels(0, y, width, 1, row);
    }
    return Inks.toImage(inks, segments.icc());
  }

  /**
   * JFIF's YCbCr to RGB formula on the first three components; the inks are what is left of 255.
   */
  private static void toCmyk(int[] row, int i) {
    double y = row[i];
    double cb = row[i + 1] - 128;
    double cr = row[i + 2] - 128;
    row[i] = 255 - clamp(y + 1.402 * cr);
    row[i + 1] = 255 - clamp(y - 0.344136 * cb - 0.714136 * cr);
    row[i + 2] = 255 - clamp(y + 1.772 * cb);
  }

  private static int clamp(double value) {
    return (int) Math.round(Math.max(0, Math.min(255, value)));
  }
}
