package dev.loupe.image;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.Raster;

/** The way from cyan, magenta, yellow and black inks to sRGB, the one colour conversion on read. */
final class Inks {
  private Inks() {}

  /**
   * An RGB picture of 8-bit inks, 255 being full ink.
   *
   * @param icc the inks' profile; without one, or with a broken one, R = (255 - C)(255 - K) / 255
   */
  static Image toImage(Raster inks, byte[] icc) {
    if (icc != null) {
      try {
        ICC_Profile source = ICC_Profile.getInstance(icc);
        if (source.getColorSpaceType() == ColorSpace.TYPE_CMYK) {
          return convert(inks, source);
        }
      } catch (IllegalArgumentException | CMMException e) {
        return mix(inks); // the profile is no help
      }
    }
    return mix(inks);
  }

  private static Image convert(Raster inks, ICC_Profile source) {
    BufferedImage picture =
        new BufferedImage(inks.getWidth(), inks.getHeight(), BufferedImage.TYPE_3BYTE_BGR);
    ICC_Profile target = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
    new ColorConvertOp(new ICC_Profile[] {source, target}, null).filter(inks, picture.getRaster());
    return Image.of(picture);
  }

  private static Image mix(Raster inks) {
    Image image = Image.allocate(inks.getWidth(), inks.getHeight(), 3, 8);
    int[] row = new int[4 * image.width()];
    for (int y = 0; y < image.height(); y++) {
      inks.getPixels(0, y, image.width(), 1, row);
      for (int x = 0; x < image.width(); x++) {
        int white = 255 - row[4 * x + 3];
        for (int c = 0; c < 3; c++) {
          image.set(x, y, c, ((255 - row[4 * x + c]) * white + 127) / 255);
        }
      }
    }
    return image;
  }
}
