package dev.loupe.image;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A picture in memory: (height, width, channels) samples of 8 or 16 bits, rows from the top,
 * channels interleaved, alpha not premultiplied.
 *
 * <p>Channels: 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. Sample (x, y, c) is number {@code (y *
 * width + x) * channels + c}, unsigned, 0..255 or 0..65535. The colours mean what the ICC profile
 * in the metadata says, or sRGB. An image is as thread-safe as its buffer: any number of readers.
 */
public final class Image {
  private final ImageHeader header;
  private final ByteBuffer samples;

  private Image(ImageHeader header, ByteBuffer samples) {
    this.header = header;
    this.samples = samples;
  }

  /**
   * A black (and, with alpha, transparent) picture.
   *
   * @param channels 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA
   * @param bitDepth 8 or 16
   * @throws IllegalArgumentException if a number is out of range
   * @throws ImageException if the samples pass 2 GiB, the most that one buffer holds
   * @throws OutOfMemoryError if Java has not that much left (-Xmx)
   */
  public static Image allocate(int width, int height, int channels, int bitDepth) {
    return allocate(new ImageHeader(width, height, channels, bitDepth, ImageMetadata.NONE));
  }

  /**
   * A black (and, with alpha, transparent) picture.
   *
   * @throws ImageException if the samples pass 2 GiB, the most that one buffer holds
   * @throws OutOfMemoryError if Java has not that much left (-Xmx)
   */
  public static Image allocate(ImageHeader header) {
    long bytes = header.bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new ImageException(
          "image of %dx%d pixels, %d bytes each, passes the 2 GiB of one buffer; use a smaller image"
              .formatted(header.width(), header.height(), header.pixelBytes()));
    }
    return new Image(header, ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder()));
  }

  /** A gray image of one value everywhere. */
  public static Image constant(int width, int height, int bitDepth, int value) {
    Image image = allocate(width, height, 1, bitDepth);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.set(x, y, 0, value);
      }
    }
    return image;
  }

  /**
   * A copy of a Java picture; samples are taken as they are, with no colour conversion. Palettes
   * are expanded (one of grays to one channel of their sRGB values: {@link #toRgb} before {@link
   * #toBufferedImage} keeps how Java draws them), premultiplied alpha is divided out, and depths
   * other than 8 and 16 are scaled up.
   *
   * @throws ImageException if its samples are signed or floating point, or its colour space is
   *     neither gray nor RGB
   */
  public static Image of(BufferedImage picture) {
    return BufferedImages.toImage(picture);
  }

  /**
   * A copy for Java2D, with the ICC profile as its colour space when there is one. 8-bit pictures
   * without profile get the standard types (BYTE_GRAY, 3BYTE_BGR, 4BYTE_ABGR).
   */
  public BufferedImage toBufferedImage() {
    return BufferedImages.toBufferedImage(this);
  }

  /** What the picture is, its samples left out. */
  public ImageHeader header() {
    return header;
  }

  /** The rows of this picture, from its first on. */
  public ImageRows rows() {
    RowSource source = RowSource.of(samples);
    return new ImageRows() {
      @Override
      public ImageHeader header() {
        return header;
      }

      @Override
      public void get(ByteBuffer rows) {
        source.get(rows);
      }

      @Override
      public Image whole() {
        return Image.this;
      }

      @Override
      public void close() {
        // there is no file
      }
    };
  }

  /** Pixels in a row. */
  public int width() {
    return header.width();
  }

  /** Rows. */
  public int height() {
    return header.height();
  }

  /** 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. */
  public int channels() {
    return header.channels();
  }

  /** Bits of a sample, 8 or 16. */
  public int bitDepth() {
    return header.bitDepth();
  }

  /** The largest sample, 255 or 65535. */
  public int maxValue() {
    return (1 << bitDepth()) - 1;
  }

  /** Whether the last channel is alpha. */
  public boolean hasAlpha() {
    return header.hasAlpha();
  }

  /** Whether colour is one channel. */
  public boolean isGray() {
    return channels() <= 2;
  }

  /** All samples: a new view, from position 0, of the direct buffer in native byte order. */
  public ByteBuffer samples() {
    return samples.duplicate().order(ByteOrder.nativeOrder());
  }

  /** Profile, EXIF, XMP and resolution. */
  public ImageMetadata metadata() {
    return header.metadata();
  }

  /** The same pixels (shared, not copied) with other metadata. */
  public Image withMetadata(ImageMetadata other) {
    return new Image(header.withMetadata(other), samples);
  }

  /** Sample of a channel at column x, row y. */
  public int get(int x, int y, int channel) {
    int index = index(x, y, channel);
    return bitDepth() == 8 ? samples.get(index) & 0xFF : samples.getShort(2 * index) & 0xFFFF;
  }

  /** Sets the sample of a channel at column x, row y to the low bits of a value. */
  public void set(int x, int y, int channel, int value) {
    int index = index(x, y, channel);
    if (bitDepth() == 8) {
      samples.put(index, (byte) value);
    } else {
      samples.putShort(2 * index, (short) value);
    }
  }

  /** Fits an int: the byte count was checked when the buffer was made. */
  private int index(int x, int y, int channel) {
    if (x < 0 || x >= width() || y < 0 || y >= height() || channel < 0 || channel >= channels()) {
      throw new IndexOutOfBoundsException(
          "sample (%d, %d, %d) of a %dx%dx%d image"
              .formatted(x, y, channel, width(), height(), channels()));
    }
    return (int) (((long) y * width() + x) * channels() + channel);
  }

  /** The picture without alpha: itself if it has none, else a copy with 1 or 3 channels. */
  public Image colour() {
    return hasAlpha() ? select(0, channels() - 1) : this;
  }

  /** A copy of the alpha channel as a gray picture, empty if there is none. */
  public Optional<Image> alpha() {
    return hasAlpha()
        ? Optional.of(select(channels() - 1, 1).withMetadata(ImageMetadata.NONE))
        : Optional.empty();
  }

  private Image select(int first, int count) {
    Image out = allocate(width(), height(), count, bitDepth());
    forEachPixel(
        (x, y) -> {
          for (int c = 0; c < count; c++) {
            out.set(x, y, c, get(x, y, first + c));
          }
        });
    return out.withMetadata(metadata());
  }

  /**
   * A copy with this colour and another picture as its alpha, which it replaces.
   *
   * @throws IllegalArgumentException unless alpha has one channel and the same size and depth
   */
  public Image withAlpha(Image alpha) {
    if (alpha.channels() != 1
        || alpha.width() != width()
        || alpha.height() != height()
        || alpha.bitDepth() != bitDepth()) {
      throw new IllegalArgumentException(
          "alpha of %s does not fit an image of %s".formatted(alpha.describe(), describe()));
    }
    int colours = header.colours();
    Image out = allocate(width(), height(), colours + 1, bitDepth());
    forEachPixel(
        (x, y) -> {
          for (int c = 0; c < colours; c++) {
            out.set(x, y, c, get(x, y, c));
          }
          out.set(x, y, colours, alpha.get(x, y, 0));
        });
    return out.withMetadata(metadata());
  }

  /** Whether alpha is the same everywhere; true without alpha. */
  public boolean isConstantAlpha() {
    return !hasAlpha() || alphaIs(get(0, 0, channels() - 1));
  }

  /** Whether every pixel is fully opaque; true without alpha. */
  public boolean isOpaque() {
    return !hasAlpha() || alphaIs(maxValue());
  }

  private boolean alphaIs(int value) {
    for (int y = 0; y < height(); y++) {
      for (int x = 0; x < width(); x++) {
        if (get(x, y, channels() - 1) != value) {
          return false;
        }
      }
    }
    return true;
  }

  /** Gray repeated into red, green and blue; alpha stays. RGB pictures are returned as they are. */
  public Image toRgb() {
    if (!isGray()) {
      return this;
    }
    Image out = allocate(width(), height(), channels() + 2, bitDepth());
    forEachPixel(
        (x, y) -> {
          int gray = get(x, y, 0);
          for (int c = 0; c < 3; c++) {
            out.set(x, y, c, gray);
          }
          if (hasAlpha()) {
            out.set(x, y, 3, get(x, y, 1));
          }
        });
    return out.withMetadata(metadata());
  }

  /**
   * The luma 0.299 R + 0.587 G + 0.114 B, rounded; alpha stays. Undoes {@link #toRgb} exactly. Gray
   * pictures are returned as they are.
   */
  public Image toGray() {
    if (isGray()) {
      return this;
    }
    Image out = allocate(width(), height(), channels() - 2, bitDepth());
    forEachPixel(
        (x, y) -> {
          long luma = 299L * get(x, y, 0) + 587L * get(x, y, 1) + 114L * get(x, y, 2);
          out.set(x, y, 0, (int) ((luma + 500) / 1000));
          if (hasAlpha()) {
            out.set(x, y, 1, get(x, y, 3));
          }
        });
    return out.withMetadata(metadata());
  }

  /**
   * A copy of the top left corner of this size; itself if that is all of it.
   *
   * @throws IllegalArgumentException if the size is below 1 or beyond the picture's
   */
  public Image cropped(int width, int height) {
    if (width == width() && height == height()) {
      return this;
    }
    if (width > width() || height > height()) {
      throw new IllegalArgumentException(
          "corner of %dx%d: is no part of an image of %s; take one within it"
              .formatted(width, height, describe()));
    }
    Image out = allocate(width, height, channels(), bitDepth());
    int row = out.header.rowBytes();
    for (int y = 0; y < height; y++) {
      out.samples.put(y * row, samples, y * header.rowBytes(), row);
    }
    return out.withMetadata(metadata());
  }

  /** A copy with another bit depth, 8 or 16, samples rounded to the nearest; itself if the same. */
  public Image withBitDepth(int depth) {
    if (depth == bitDepth()) {
      return this;
    }
    Image out = allocate(width(), height(), channels(), depth);
    forEachPixel(
        (x, y) -> {
          for (int c = 0; c < channels(); c++) {
            int value = get(x, y, c);
            out.set(x, y, c, depth == 16 ? value * 257 : narrowed(value));
          }
        });
    return out.withMetadata(metadata());
  }

  /** Size, channels and depth in words, for messages. */
  String describe() {
    return header.describe();
  }

  /** A sample of 16 bits in 8, rounded. */
  static int narrowed(int sample) {
    return (sample + 128) / 257;
  }

  private interface PixelAction {
    void at(int x, int y);
  }

  private void forEachPixel(PixelAction action) {
    for (int y = 0; y < height(); y++) {
      for (int x = 0; x < width(); x++) {
        action.at(x, y);
      }
    }
  }

  @Override
  public String toString() {
    return "Image(" + describe() + ")";
  }
}
