package dev.loupe.train;

import dev.loupe.image.Bicubic;
import dev.loupe.image.Image;
import dev.loupe.image.ImageReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A picture to cut crops from: the true one, cut to whole multiples of the scale, and the small one
 * made of it as MATLAB does; both 8-bit RGB, interleaved.
 */
final class TrainingPicture {
  private final int scale;
  private final int width;
  private final int height;
  private final byte[] low;
  private final byte[] high;

  private TrainingPicture(Image low, Image high, int scale) {
    this.scale = scale;
    width = low.width();
    height = low.height();
    this.low = bytes(low);
    this.high = bytes(high);
  }

  private static byte[] bytes(Image image) {
    byte[] bytes = new byte[Math.toIntExact(3L * image.width() * image.height())];
    image.samples().get(bytes);
    return bytes;
  }

  /**
   * Reads a picture.
   *
   * @param size by which it is made smaller first, 1 for as it is
   * @throws dev.loupe.image.ImageException if the file is no picture
   * @throws IllegalArgumentException if the picture is then smaller than a crop
   */
  static TrainingPicture read(Path file, CropShape shape, double size) {
    Image picture = shrunk(ImageReader.read(file).colour().toRgb().withBitDepth(8), size);
    int scale = shape.scale();
    int side = shape.side();
    int width = picture.width() / scale;
    int height = picture.height() / scale;
    if (width < side || height < side) {
      throw new IllegalArgumentException(
          "%s: %dx%d is smaller than a crop of %dx%d"
              .formatted(file, picture.width(), picture.height(), side * scale, side * scale));
    }
    Image high = picture.cropped(width * scale, height * scale);
    return new TrainingPicture(Bicubic.resize(high, width, height), high, scale);
  }

  private static Image shrunk(Image picture, double size) {
    int width = (int) Math.max(1, Math.round(picture.width() * size));
    int height = (int) Math.max(1, Math.round(picture.height() * size));
    return size == 1 ? picture : Bicubic.resize(picture, width, height);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Host memory it takes, in bytes. */
  long bytes() {
    return (long) low.length + high.length;
  }

  /**
   * A crop of this picture.
   *
   * @param left first column in low-resolution pixels
   * @param top first row
   * @param turn one of the eight flips and transposes, bits 1: left-right, 2: upside down, 4:
   *     transposed
   */
  record Crop(TrainingPicture picture, int left, int top, int turn) {
    /** How much there is to learn from it: the sum of the steps between neighbours in green. */
    long detail(int side) {
      byte[] low = picture.low;
      int row = 3 * picture.width;
      long detail = 0;
      for (int y = top; y < top + side - 1; y++) {
        int at = y * row + 3 * left + 1;
        for (int x = 0; x < side - 1; x++, at += 3) {
          int here = Byte.toUnsignedInt(low[at]);
          detail += Math.abs(here - Byte.toUnsignedInt(low[at + 3]));
          detail += Math.abs(here - Byte.toUnsignedInt(low[at + row]));
        }
      }
      return detail;
    }

    /** Writes crop {@code n} of a batch. */
    void write(Batch batch, CropShape shape, int n, Tint tint) {
      copy(picture.low, 1, batch.lowRes().duplicate().position(n), shape, tint);
      copy(picture.high, picture.scale, batch.highRes().duplicate().position(n), shape, tint);
    }

    /** Copies the crop out of the picture that is {@code scale} times the small one. */
    private void copy(byte[] from, int scale, ByteBuffer to, CropShape shape, Tint tint) {
      int side = shape.side() * scale;
      int plane = side * side * shape.batch();
      int first = to.position();
      boolean transposed = (turn & 4) != 0;
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int column = (turn & 1) == 0 ? x : side - 1 - x;
          int row = (turn & 2) == 0 ? y : side - 1 - y;
          int fromRow = top * scale + (transposed ? column : row);
          int fromColumn = left * scale + (transposed ? row : column);
          int source = 3 * (fromRow * picture.width * scale + fromColumn);
          int at = first + (y * side + x) * shape.batch();
          for (int c = 0; c < CropShape.CHANNELS; c++) {
            to.put(at + c * plane, tint.of(from, source, c));
          }
        }
      }
    }
  }
}
