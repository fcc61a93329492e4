package dev.loupe.image;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * PNG's IHDR chunk, checked.
 *
 * @param depth bits of a stored sample: 1, 2, 4, 8, 16
 * @param colourType 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA
 */
record PngHeader(int width, int height, int depth, int colourType, boolean interlaced) {
  static final int GRAY = 0;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int GRAY_ALPHA = 4;
  static final int RGBA = 6;

  static PngHeader parse(byte[] chunk) throws IOException {
    if (chunk.length != 13) {
      throw new IOException("PNG header of %d bytes instead of 13".formatted(chunk.length));
    }
    ByteBuffer in = ByteBuffer.wrap(chunk);
    PngHeader header =
        new PngHeader(in.getInt(0), in.getInt(4), in.get(8), in.get(9), in.get(12) == 1);
    boolean depthFits =
        switch (header.depth) {
          case 1, 2, 4 -> header.colourType == GRAY || header.colourType == PALETTE;
          case 8 -> true;
          case 16 -> header.colourType != PALETTE;
          default -> false;
        };
    boolean typeKnown =
        switch (header.colourType) {
          case GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA -> true;
          default -> false;
        };
    if (header.width < 1 || header.height < 1) {
      throw new IOException("PNG size %dx%d".formatted(header.width, header.height));
    }
    if (!depthFits || !typeKnown) {
      throw new IOException(
          "PNG colour type %d with %d bits".formatted(header.colourType, header.depth));
    }
    if (in.get(10) != 0 || in.get(11) != 0 || in.get(12) < 0 || in.get(12) > 1) {
      throw new IOException(
          "PNG compression %d, filter %d, interlace %d"
              .formatted(in.get(10), in.get(11), in.get(12)));
    }
    return header;
  }

  /** Samples of a stored pixel. */
  int storedChannels() {
    return switch (colourType) {
      case RGB -> 3;
      case GRAY_ALPHA -> 2;
      case RGBA -> 4;
      default -> 1;
    };
  }

  /** Bytes of a stored row of so many pixels, without its filter byte. */
  int rowBytes(int pixels) throws IOException {
    long bytes = ((long) pixels * storedChannels() * depth + 7) / 8;
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new IOException("PNG row of %d pixels is too long".formatted(pixels));
    }
    return (int) bytes;
  }

  /** Distance in bytes from a byte to the one "to the left" in the sense of the filters. */
  int filterStep() {
    return Math.max(1, storedChannels() * depth / 8);
  }
}
