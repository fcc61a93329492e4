package dev.loupe.image;

import dev.loupe.tensor.Blocks;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.InflaterInputStream;

/**
 * The PNG decoder: every colour type, depth and interlacing of the standard (PNG, third edition).
 *
 * <p>Own code, because the JDK's reader neither gives iCCP and eXIf as bytes nor checks CRCs.
 * Transparency (tRNS) becomes an alpha channel, a palette becomes RGB, or gray where all its
 * colours are. Every byte up to IEND is read, so a cut file is noticed.
 */
final class PngReader {
  private static final int LARGEST_METADATA = 64 << 20;

  /** Adam7: first column, first row, column step, row step of each pass. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] WHOLE = {{0, 0, 1, 1}};

  private final PngChunks chunks;
  private final boolean wantsPixels;
  private PngHeader header;
  private byte[] palette;
  private byte[] transparency;
  private byte[] exif;
  private ImageMetadata metadata = ImageMetadata.NONE;
  private int[] colours;
  private ImageHeader picture;
  private Image image;

  private PngReader(InputStream in, boolean wantsPixels) throws IOException {
    chunks = new PngChunks(in);
    this.wantsPixels = wantsPixels;
  }

  /** Reads a PNG whose signature has been recognised; pixels are upright, metadata filled in. */
  static Image read(InputStream in) throws IOException {
    PngReader reader = new PngReader(in, true);
    reader.readChunks();
    return Orientation.upright(reader.image.withMetadata(reader.metadata), reader.orientation());
  }

  /**
   * Checks all chunks of a PNG, and makes ready to read its rows.
   *
   * @return null if they are not stored from the top down: interlaced, or turned by EXIF
   */
  static PngRows open(Path file) throws IOException {
    PngReader reader;
    try (InputStream in = newInputStream(file)) {
      reader = new PngReader(in, false);
      reader.readChunks();
    }
    return reader.header.interlaced() || reader.orientation() != 1
        ? null
        : new PngRows(
            file,
            reader.header,
            reader.picture.withMetadata(reader.metadata),
            reader.colours,
            reader.transparency);
  }

  static InputStream newInputStream(Path file) throws IOException {
    return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
  }

  private int orientation() {
    return Exif.orientation(exif);
  }

  private void readChunks() throws IOException {
    if (!chunks.next().equals("IHDR")) {
      throw new IOException("PNG starts without its header");
    }
    header = PngHeader.parse(chunks.body());
    String type = chunks.next();
    while (!type.equals("IEND")) {
      boolean first = type.equals("IDAT") && picture == null;
      switch (type) {
        // Colours that come after the pixels come too late, as for other decoders.
        case "PLTE" -> palette = picture == null ? chunks.body() : palette;
        case "tRNS" -> transparency = picture == null ? chunks.body() : transparency;
        case "iCCP" -> metadata = metadata.withIcc(inflateProfile(chunks.body()));
        case "pHYs" -> metadata = withDensity(metadata, ByteBuffer.wrap(chunks.body()));
        case "eXIf" -> {
          exif = Exif.withoutPrefix(chunks.body());
          metadata = metadata.withExif(exif);
          if (metadata.dpi().isEmpty()) {
            metadata = metadata.withDpi(Exif.dpi(exif), Exif.verticalDpi(exif));
          }
        }
        case PngXmp.CHUNK -> {
          byte[] xmp = PngXmp.packet(chunks.body());
          metadata = xmp == null ? metadata : metadata.withXmp(xmp);
        }
        case "IDAT" -> {
          if (first) {
            describePixels();
          }
          if (first && wantsPixels) {
            readPixels();
          }
        }
        default -> {
          // of the others those about colours are kept, the rest says nothing about the pixels
          if (PngColours.isType(type)) {
            metadata = metadata.withColours(metadata.colours().withRead(type, chunks.body()));
          }
        }
      }
      type = first && wantsPixels ? chunks.type() : chunks.next();
    }
    chunks.skipBody();
    if (picture == null) {
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
    return inflate(chunk, name + 2);
  }

  /**
   * What a chunk holds from a place on, inflated; null if damaged: the pixels are right without.
   */
  static byte[] inflate(byte[] chunk, int from) {
    try (InputStream in =
        new InflaterInputStream(new ByteArrayInputStream(chunk, from, chunk.length - from))) {
      return in.readNBytes(LARGEST_METADATA);
    } catch (IOException e) {
      return null;
    }
  }

  private static ImageMetadata withDensity(ImageMetadata metadata, ByteBuffer chunk) {
    boolean metric = chunk.capacity() == 9 && chunk.get(8) == 1;
    return metric
        ? metadata.withDpi(
            chunk.getInt(0) * ImageMetadata.METRES_PER_INCH,
            chunk.getInt(Integer.BYTES) * ImageMetadata.METRES_PER_INCH)
        : metadata.withDpi(0);
  }

  private void describePixels() throws IOException {
    colours = header.colourType() == PngHeader.PALETTE ? paletteColours() : null;
    // PNG does not allow a profile of RGB beside gray.
    boolean gray =
        colours == null
            ? header.storedChannels() < 3
            : BufferedImages.isGray(colours) && !metadata.hasProfileOf("RGB ");
    if (header.storedChannels() % 2 == 0) {
      transparency = null; // not allowed beside an alpha channel
    }
    boolean alpha = transparency != null || header.storedChannels() % 2 == 0;
    if (colours != null) {
      transparency = null; // which the colours have taken up
    }
    picture =
        new ImageHeader(
            header.width(),
            header.height(),
            (gray ? 1 : 3) + (alpha ? 1 : 0),
            Math.max(8, header.depth()),
            ImageMetadata.NONE);
  }

  private void readPixels() throws IOException {
    image = Image.allocate(picture);
    PngRow row = new PngRow(header, colours, transparency, image);
    try (PngScanlines lines = new PngScanlines(chunks, header)) {
      for (int[] pass : header.interlaced() ? ADAM7 : WHOLE) {
        int columns = Blocks.count(header.width() - pass[0], pass[2]);
        if (columns < 1) {
          continue;
        }
        lines.begin(columns);
        for (int y = pass[1]; y < header.height(); y += pass[3]) {
          row.store(lines.next(), columns, pass[0], pass[2], y);
        }
      }
      lines.finish();
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
}
