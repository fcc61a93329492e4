package dev.loupe.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/**
 * The crossing between {@link Image} and Java2D, raster to raster: {@code getRGB} and {@code
 * drawImage} are never used, because they apply gray gamma and cut to 8 bits.
 */
final class BufferedImages {
  private BufferedImages() {}

  static Image toImage(BufferedImage picture) {
    ColorModel model = picture.getColorModel();
    if (model instanceof IndexColorModel palette) {
      return fromPalette(picture.getRaster(), palette);
    }
    Raster raster = picture.getRaster();
    int type = raster.getDataBuffer().getDataType();
    if (type != DataBuffer.TYPE_BYTE
        && type != DataBuffer.TYPE_USHORT
        && type != DataBuffer.TYPE_INT) {
      throw new ImageException(
          "picture has signed or floating-point samples; convert it to 8 or 16 bit first");
    }
    ColorSpace space = model.getColorSpace();
    int colours = model.getNumColorComponents();
    boolean gray = space.getType() == ColorSpace.TYPE_GRAY && colours == 1;
    if (!gray && (space.getType() != ColorSpace.TYPE_RGB || colours != 3)) {
      throw new ImageException(
          "picture's colour space is neither gray nor RGB; convert it to RGB first");
    }
    Image image = fromSamples(raster, model);
    boolean plain = space.isCS_sRGB() || space == ColorSpace.getInstance(ColorSpace.CS_GRAY);
    if (!plain && space instanceof ICC_ColorSpace profiled) {
      byte[] icc = profiled.getProfile().getData();
      return image.withMetadata(image.metadata().withIcc(icc));
    }
    return image;
  }

  private static Image fromSamples(Raster raster, ColorModel model) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = model.getNumComponents();
    int[] sizes = model.getComponentSize();
    int depth = 8;
    for (int size : sizes) {
      if (size > 16) {
        throw new ImageException(
            "picture has %d-bit samples; convert it to 16 bit".formatted(size));
      }
      depth = size > 8 ? 16 : depth;
    }
    Image image = Image.allocate(width, height, bands, depth);
    boolean divide = model.hasAlpha() && model.isAlphaPremultiplied();
    int[] row = new int[Math.multiplyExact(width, raster.getNumBands())];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      int at = 0;
      for (int x = 0; x < width; x++, at += bands) {
        for (int c = 0; c < bands; c++) {
          row[at + c] = scale(row[at + c], (1 << sizes[c]) - 1, image.maxValue());
        }
        if (divide) {
          divideAlpha(row, at, bands, image.maxValue());
        }
        for (int c = 0; c < bands; c++) {
          image.set(x, y, c, row[at + c]);
        }
      }
    }
    return image;
  }

  /** A sample of range 0..from in range 0..to, rounded. */
  static int scale(int value, int from, int to) {
    return from == to ? value : (int) (((long) value * to * 2 + from) / (2L * from));
  }

  private static void divideAlpha(int[] row, int at, int bands, int max) {
    int alpha = row[at + bands - 1];
    for (int c = 0; c < bands - 1; c++) {
      row[at + c] = alpha == 0 ? 0 : Math.min(max, scale(row[at + c], alpha, max));
    }
  }

  private static Image fromPalette(Raster raster, IndexColorModel palette) {
    int size = palette.getMapSize();
    int[] colours = new int[size];
    palette.getRGBs(colours);
    boolean gray = isGray(colours);
    int channels = (gray ? 1 : 3) + (palette.hasAlpha() ? 1 : 0);
    Image image = Image.allocate(raster.getWidth(), raster.getHeight(), channels, 8);
    int[] row = new int[raster.getWidth()];
    for (int y = 0; y < image.height(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, row.length, 1, row);
      for (int x = 0; x < row.length; x++) {
        if (row[x] >= size) {
          throw new ImageException(
              "pixel (%d, %d) has colour %d of a palette of %d".formatted(x, y, row[x], size));
        }
        setArgb(image, x, y, colours[row[x]]);
      }
    }
    return image;
  }

  /** Whether every colour of an ARGB palette is a gray, so that one channel says it all. */
  static boolean isGray(int[] argb) {
    for (int colour : argb) {
      if ((colour >> 16 & 0xFF) != (colour & 0xFF) || (colour >> 8 & 0xFF) != (colour & 0xFF)) {
        return false;
      }
    }
    return true;
  }

  /** Sets an 8-bit pixel of any channel count from an ARGB palette entry. */
  static void setArgb(Image image, int x, int y, int argb) {
    int colours = image.header().colours();
    for (int c = 0; c < colours; c++) {
      image.set(x, y, c, argb >> (16 - 8 * c));
    }
    if (image.hasAlpha()) {
      image.set(x, y, colours, argb >>> 24);
    }
  }

  /** A Java picture of an image; an ICC profile becomes the colour space, unless it is broken. */
  static BufferedImage toBufferedImage(Image image) {
    BufferedImage picture = blank(image, profile(image));
    WritableRaster raster = picture.getRaster();
    int width = image.width();
    int channels = image.channels();
    int[] row = new int[Math.multiplyExact(width, channels)];
    for (int y = 0; y < image.height(); y++) {
      int at = 0;
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          row[at++] = image.get(x, y, c);
        }
      }
      raster.setPixels(0, y, width, 1, row);
    }
    return picture;
  }

  private static BufferedImage blank(Image image, ColorSpace profile) {
    if (profile == null && image.bitDepth() == 8 && image.channels() != 2) {
      int type =
          switch (image.channels()) {
            case 1 -> BufferedImage.TYPE_BYTE_GRAY;
            case 3 -> BufferedImage.TYPE_3BYTE_BGR;
            default -> BufferedImage.TYPE_4BYTE_ABGR;
          };
      return new BufferedImage(image.width(), image.height(), type);
    }
    ColorModel model = profile == null ? colours(image.header()) : colours(image.header(), profile);
    WritableRaster raster = model.createCompatibleWritableRaster(image.width(), image.height());
    return new BufferedImage(model, raster, false, null);
  }

  /** The colour model of interleaved samples, gray or sRGB. */
  static ColorModel colours(ImageHeader header) {
    boolean gray = header.channels() < 3;
    return colours(header, ColorSpace.getInstance(gray ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB));
  }

  private static ColorModel colours(ImageHeader header, ColorSpace space) {
    return new ComponentColorModel(
        space,
        header.hasAlpha(),
        false,
        header.hasAlpha() ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
        header.bitDepth() == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT);
  }

  private static ColorSpace profile(Image image) {
    byte[] icc = image.metadata().icc();
    if (icc == null) {
      return null;
    }
    try {
      ICC_ColorSpace space = new ICC_ColorSpace(ICC_Profile.getInstance(icc));
      int type = image.isGray() ? ColorSpace.TYPE_GRAY : ColorSpace.TYPE_RGB;
      return space.getType() == type ? space : null;
    } catch (IllegalArgumentException e) {
      return null; // not a profile that Java knows: the pixels are still right
    }
  }
}
