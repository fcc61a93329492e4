package dev.loupe.evaluate;

import dev.loupe.image.Bicubic;
import dev.loupe.image.Image;

/**
 * A true picture and the small one that a model is to restore it from; both RGB without alpha.
 *
 * @param name of the picture
 * @param lowRes (H, W)
 * @param highRes (H * scale, W * scale)
 */
public record PicturePair(String name, Image lowRes, Image highRes) {
  /** The pair of a picture alone: cut to whole cells of p * scale, and shrunk to 8 bits. */
  static PicturePair ofHighRes(String name, Image picture, int scale, int p) {
    int cell = p * scale;
    int width = picture.width() / cell * cell;
    int height = picture.height() / cell * cell;
    if (width == 0 || height == 0) {
      throw new IllegalArgumentException(
          "%s: %dx%d is smaller than a patch of %dx%d"
              .formatted(name, picture.width(), picture.height(), cell, cell));
    }
    Image truth = plain(picture).withBitDepth(8).cropped(width, height);
    return new PicturePair(name, Bicubic.resize(truth, width / scale, height / scale), truth);
  }

  /**
   * The pair of two files; of the large picture's size, less than {@code scale} pixels may go
   * beyond the small one's.
   */
  static PicturePair of(String name, Image lowRes, Image highRes, int scale) {
    int width = lowRes.width() * scale;
    int height = lowRes.height() * scale;
    int moreColumns = highRes.width() - width;
    int moreRows = highRes.height() - height;
    if (Math.min(moreColumns, moreRows) < 0 || Math.max(moreColumns, moreRows) >= scale) {
      throw new IllegalArgumentException(
          "%s: the HR picture is %dx%d, but x%d of the LR picture is %dx%d"
              .formatted(name, highRes.width(), highRes.height(), scale, width, height));
    }
    return new PicturePair(name, plain(lowRes), plain(highRes).cropped(width, height));
  }

  /** Evaluated are colours: transparency is left out, gray becomes RGB. */
  private static Image plain(Image picture) {
    return picture.colour().toRgb();
  }
}
