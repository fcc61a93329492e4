package dev.loupe.image;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * The PNG decoder: every colour type, depth and interlacing of the standard (PNG, third edition).
 *
 * <p>Own code, because the JDK's reader neither gives iCCP and eXIf as bytes nor checks CRCs.
 * Transparency (tRNS) becomes an alpha channel, a palette becomes RGB, or gray where all its
 * colours are. Every byte up to IEND is read, so a cut file is noticed.
 */
final class PngReader {
  private static final int LARGEST_PROFILE = 64 << 20;
  private static final double METRES_PER_INCH = 0.0254;

  /** Adam7: first column, first row, column step, row step of each pass. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] WHOLE = {{0, 0, 1, 1}};

  private final PngChunks chunks;
  private PngHeader header;
  private byte[] palette;
  private byte[] transparency;
  private byte[] exif;
  private ImageMetadata metadata = ImageMetadata.NONE;
  private Image image;

  private PngReader(InputStream in) throws IOException {
    chunks = new PngChunks(in);
  }

  /** Reads a PNG whose signature has been recognised; pixels are upright, metadata filled in. */
  static Image read(InputStream in) throws IOException {
    PngReader reader = new PngReader(in);
    reader.readChunks();
    Image stored = reader.image.withMetadata(reader.metadata);
    return Orientation.upright(stored, reader.exif == null ? 1 : Exif.orientation(reader.exif));
  }

  private void readChunks() throws IOException {
    if (!chunks.next().equals("IHDR")) {
      throw new IOException("PNG starts without its header");
    }
    header = PngHeader.parse(chunks.body());
    String type = chunks.next();
    while (!type.equals("IEND")) {
      boolean moved = type.equals("IDAT") && image == null;
      switch (type) {
        case "PLTE" -> palette = chunks.body();
        case "tRNS" -> transparency = chunks.body();
        case "iCCP" -> metadata = metadata.withIcc(inflateProfile(chunks.body()));
        case "pHYs" -> metadata = metadata.withDpi(dpi(ByteBuffer.wrap(chunks.body())));
        case "eXIf" -> {
          exif = chunks.body();
          metadata = metadata.withExif(exif);
        }
        case "IDAT" -> {
          if (moved) {
            readPixels();
          }
        }
        default -> {
          // other chunks say nothing about the pixels
        }
      }
      type = moved ? chunks.type() : chunks.next();
    }
    chunks.skipBody();
    if (image == null) {
      throw new IOException("PNG has no image data");
    }
  }

  /** iCCP is a name, a zero, the compression method 0 and the deflated profile; null if damaged. */
  private static byte[] inflateProfile(byte[] chunk) {
    int name = 0;
    while (name < chunk.length && chunk[name] != 0) {
      name++;
    }
    if (name + 2 >= chunk.length) {
      return null;
    }
    try (InputStream in =
        new InflaterInputStream(
            new ByteArrayInputStream(chunk, name + 2, chunk.length - name - 2))) {
      return in.readNBytes(LARGEST_PROFILE);
    } catch (IOException e) {
      return null; // the pixels are right without it
    }
  }

  private static double dpi(ByteBuffer chunk) {
    boolean metric = chunk.capacity() == 9 && chunk.get(8) == 1;
    return metric ? chunk.getInt(0) * METRES_PER_INCH : 0;
  }

  private void readPixels() throws IOException {
    int[] colours = header.colourType() == PngHeader.PALETTE ? paletteColours() : null;
    boolean gray = colours == null ? header.storedChannels() < 3 : BufferedImages.isGray(colours);
    if (header.storedChannels() % 2 == 0) {
      transparency = null; // not allowed beside an alpha channel
    }
    boolean alpha = transparency != null || header.storedChannels() % 2 == 0;
    int channels = (gray ? 1 : 3) + (alpha ? 1 : 0);
    image = Image.allocate(header.width(), header.height(), channels, Math.max(8, header.depth()));
    PngRow row = new PngRow(header, colours, colours == null ? transparency : null, image);
    Inflater inflater = new Inflater();
    try {
      InputStream inflated = new InflaterInputStream(chunks.imageData(), inflater, 1 << 15);
      DataInputStream in = new DataInputStream(inflated);
      for (int[] pass : header.interlaced() ? ADAM7 : WHOLE) {
        readPass(in, pass, row);
      }
      byte[] rest = new byte[1 << 12];
      while (inflated.read(rest) >= 0) {
        // up to the checksum, which the inflater verifies
      }
    } finally {
      inflater.end();
    }
    byte[] trailing = new byte[1 << 12];
    InputStream idat = chunks.imageData();
    while (idat.read(trailing) >= 0) {
      // bytes after the deflate stream, as some writers leave
    }
  }

  private void readPass(DataInputStream in, int[] pass, PngRow row) throws IOException {
    int columns = (header.width() - pass[0] + pass[2] - 1) / pass[2];
    if (columns < 1) {
      return;
    }
    int rowBytes = header.rowBytes(columns);
    byte[] above = new byte[rowBytes];
    byte[] current = new byte[rowBytes];
    for (int y = pass[1]; y < header.height(); y += pass[3]) {
      int filter = in.readUnsignedByte();
      in.readFully(current);
      PngFilter.undo(filter, current, above, header.filterStep());
      row.store(current, columns, pass[0], pass[2], y);
      byte[] swap = above;
      above = current;
      current = swap;
    }
  }

  private int[] paletteColours() throws IOException {
    if (palette == null || palette.length == 0 || palette.length % 3 != 0) {
      throw new IOException("PNG palette is missing or odd");
    }
    int[] colours = new int[palette.length / 3];
    for (int i = 0; i < colours.length; i++) {
      int alpha = transparency != null && i < transparency.length ? transparency[i] & 0xFF : 255;
      colours[i] =
          alpha << 24
              | (palette[3 * i] & 0xFF) << 16
              | (palette[3 * i + 1] & 0xFF) << 8
              | (palette[3 * i + 2] & 0xFF);
    }
    return colours;
  }

  /** The stored samples of a row, on their way into an image. */
  private static final class PngRow {
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
}
