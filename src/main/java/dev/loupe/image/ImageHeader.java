package dev.loupe.image;

/**
 * What a picture is, its samples left out.
 *
 * @param width pixels in a row
 * @param height rows
 * @param channels 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA
 * @param bitDepth bits of a sample, 8 or 16
 * @param metadata profile, EXIF, XMP and resolution
 */
public record ImageHeader(
    int width, int height, int channels, int bitDepth, ImageMetadata metadata) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is out of range
   */
  public ImageHeader {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "image size %dx%d: both must be at least 1".formatted(width, height));
    }
    if (channels < 1 || channels > 4) {
      throw new IllegalArgumentException("%d channels: must be 1 to 4".formatted(channels));
    }
    if (bitDepth != 8 && bitDepth != 16) {
      throw new IllegalArgumentException("bit depth %d: must be 8 or 16".formatted(bitDepth));
    }
  }

  /** Whether the last channel is alpha. */
  public boolean hasAlpha() {
    return channels == 2 || channels == 4;
  }

  /** Channels without alpha, 1 or 3. */
  int colours() {
    return channels < 3 ? 1 : 3;
  }

  /** Bytes of a pixel. */
  public int pixelBytes() {
    return channels * (bitDepth / 8);
  }

  /**
   * Bytes of a row.
   *
   * @throws ImageException if they pass 2 GiB
   */
  public int rowBytes() {
    long bytes = (long) width * pixelBytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new ImageException("image row of %d bytes passes 2 GiB".formatted(bytes));
    }
    return (int) bytes;
  }

  /**
   * Bytes of all samples; may pass 2 GiB.
   *
   * @throws ImageException if those of a row do
   */
  public long bytes() {
    return (long) rowBytes() * height;
  }

  /**
   * A picture {@code factor} times as wide and high, all else the same.
   *
   * @throws ImageException if a side passes what an int holds
   */
  public ImageHeader scaled(int factor) {
    if ((long) Math.max(width, height) * factor > Integer.MAX_VALUE) {
      throw new ImageException(
          "image of %dx%d pixels is too large to be enlarged %d times"
              .formatted(width, height, factor));
    }
    return resized(width * factor, height * factor);
  }

  /** The same in another size. */
  public ImageHeader resized(int newWidth, int newHeight) {
    return new ImageHeader(newWidth, newHeight, channels, bitDepth, metadata);
  }

  /** The same with samples of another depth. */
  ImageHeader withBitDepth(int depth) {
    return new ImageHeader(width, height, channels, depth, metadata);
  }

  /** The same with other metadata. */
  public ImageHeader withMetadata(ImageMetadata other) {
    return new ImageHeader(width, height, channels, bitDepth, other);
  }

  /** Size, channels and depth in words, for messages. */
  String describe() {
    return "%dx%d, %d channels of %d bit".formatted(width, height, channels, bitDepth);
  }
}
