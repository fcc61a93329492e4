package dev.loupe.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The stored samples of a row, on their way into an image. */
final class PngRow {
  private final PngHeader header;
  private final int[] colours;
  private final int[] key;
  private final Image image;
  private final ByteBuffer samples;

  PngRow(PngHeader header, int[] colours, byte[] key, Image image) throws IOException {
    this.header = header;
    this.colours = colours;
    this.image = image;
    this.samples = image.samples();
    this.key = key == null ? null : new int[header.storedChannels()];
    if (key != null && key.length < 2 * header.storedChannels()) {
      throw new IOException("PNG transparency of %d bytes".formatted(key.length));
    }
    for (int c = 0; key != null && c < header.storedChannels(); c++) {
      this.key[c] = (key[2 * c] & 0xFF) << 8 | (key[2 * c + 1] & 0xFF);
    }
  }

  void store(byte[] row, int columns, int x0, int step, int y) throws IOException {
    boolean plain = step == 1 && colours == null && key == null;
    if (plain && header.depth() == 8) {
      samples.put((int) ((long) y * row.length), row, 0, row.length);
    } else if (plain && header.depth() == 16) {
      samples
          .slice((int) ((long) y * row.length), row.length)
          .order(ByteOrder.nativeOrder())
          .asShortBuffer()
          .put(ByteBuffer.wrap(row).asShortBuffer());
    } else {
      for (int i = 0; i < columns; i++) {
        storePixel(row, i, x0 + i * step, y);
      }
    }
  }

  private void storePixel(byte[] row, int pixel, int x, int y) throws IOException {
    int channels = header.storedChannels();
    if (colours != null) {
      int index = sample(row, pixel);
      if (index >= colours.length) {
        throw new IOException(
            "PNG pixel (%d, %d) has colour %d of %d".formatted(x, y, index, colours.length));
      }
      BufferedImages.setArgb(image, x, y, colours[index]);
      return;
    }
    boolean opaque = key == null;
    for (int c = 0; c < channels; c++) {
      int value = sample(row, pixel * channels + c);
      opaque |= key != null && value != key[c];
      int max = (1 << header.depth()) - 1;
      image.set(x, y, c, BufferedImages.scale(value, max, image.maxValue()));
    }
    if (key != null) {
      image.set(x, y, channels, opaque ? image.maxValue() : 0);
    }
  }

  private int sample(byte[] row, int i) {
    int depth = header.depth();
    if (depth == 8) {
      return row[i] & 0xFF;
    } else if (depth == 16) {
      return (row[2 * i] & 0xFF) << 8 | (row[2 * i + 1] & 0xFF);
    }
    int bit = i * depth;
    return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
  }
}
