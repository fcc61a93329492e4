package dev.loupe.image;

import dev.loupe.tensor.Blocks;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * The marker segments of a JPEG file before its first scan: EXIF, XMP, ICC profile, resolution and
 * frame taken out, the rest kept as a stream for a decoder.
 *
 * <p>ImageIO's decoder converts colours when it sees a profile, fails on odd metadata and guesses
 * RGB where the JFIF marker is missing; so it is shown a file with JFIF and Adobe markers alone.
 */
final class JpegSegments {
  private static final int SOI = 0xD8;
  private static final int SOS = 0xDA;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP2 = 0xE2;
  private static final int APP14 = 0xEE;
  private static final int COMMENT = 0xFE;
  private static final byte[] EXIF_NAME = ascii("Exif\0\0");
  private static final byte[] XMP_NAME = ascii("http://ns.adobe.com/xap/1.0/\0");
  private static final byte[] ICC_NAME = ascii("ICC_PROFILE\0");
  private static final byte[] JFIF_NAME = ascii("JFIF\0");
  private static final byte[] ADOBE_NAME = ascii("Adobe");
  private static final int MOST_BYTES = 0xFFFF - 2;

  private final TreeMap<Integer, byte[]> iccParts = new TreeMap<>();
  private final List<byte[]> kept = new ArrayList<>();
  private byte[] exif;
  private byte[] xmp;
  private byte[] jfif;
  private byte[] frame;
  private int adobeTransform = -1;
  private int scanStart;
  private final byte[] file;

  private JpegSegments(byte[] file) {
    this.file = file;
  }

  static JpegSegments parse(byte[] file) throws IOException {
    JpegSegments segments = new JpegSegments(file);
    int at = 2;
    while (true) {
      while (at + 1 < file.length && file[at] == (byte) 0xFF && file[at + 1] == (byte) 0xFF) {
        at++; // fill bytes
      }
      if (at + 4 > file.length) {
        throw new EOFException("JPEG ends before its image data");
      }
      int marker = file[at + 1] & 0xFF;
      if (file[at] != (byte) 0xFF || marker == 0) {
        throw new IOException("JPEG has no marker at byte " + at);
      }
      if (marker == SOS) {
        segments.scanStart = at;
        return segments;
      }
      int end = at + 2 + ((file[at + 2] & 0xFF) << 8 | (file[at + 3] & 0xFF));
      if (end > file.length) {
        throw new EOFException("JPEG ends before its image data");
      }
      segments.sort(marker, Arrays.copyOfRange(file, at, end));
      at = end;
    }
  }

  /** Takes what a segment says; {@code segment} begins with its marker and length. */
  private void sort(int marker, byte[] segment) {
    if (marker == APP0 && holds(segment, JFIF_NAME) && segment.length >= 18) {
      jfif = segment;
    } else if (marker == APP1 && holds(segment, EXIF_NAME) && exif == null) {
      exif = Arrays.copyOfRange(segment, 4 + EXIF_NAME.length, segment.length);
    } else if (marker == APP1 && holds(segment, XMP_NAME) && xmp == null) {
      xmp = Arrays.copyOfRange(segment, 4 + XMP_NAME.length, segment.length);
    } else if (marker == APP2 && holds(segment, ICC_NAME) && segment.length > 18) {
      iccParts.put(segment[16] & 0xFF, Arrays.copyOfRange(segment, 18, segment.length));
    } else if (marker == APP14 && holds(segment, ADOBE_NAME) && segment.length >= 16) {
      adobeTransform = segment[15] & 0xFF;
      kept.add(segment);
    } else if ((marker < APP0 || marker > 0xEF) && marker != COMMENT) {
      boolean isFrame = marker == 0xC0 || (marker > 0xC0 && marker <= 0xCF && marker % 4 != 0);
      if (isFrame) {
        requireKnown(marker, segment);
        frame = segment;
      }
      kept.add(segment);
    }
  }

  /**
   * Baseline, extended and progressive files of 8 bits are read; arithmetic-coded ones (0xC9, 0xCA)
   * where Java's library does, as Debian's.
   */
  private static void requireKnown(int marker, byte[] frame) {
    int bits = frame.length > 4 ? frame[4] : 8;
    if (bits != 8) {
      throw new ImageException(
          "is a JPEG of %d bits a sample, which is not read; convert it to PNG".formatted(bits));
    }
    if (marker % 8 > 2) {
      throw new ImageException(
          "is a lossless or hierarchical JPEG, which is not read; convert it to PNG");
    }
  }

  private static boolean holds(byte[] segment, byte[] name) {
    return segment.length >= 4 + name.length
        && Arrays.equals(segment, 4, 4 + name.length, name, 0, name.length);
  }

  /** The EXIF block as found, or null. */
  byte[] exif() {
    return exif;
  }

  /** The XMP packet as found, or null. */
  byte[] xmp() {
    return xmp;
  }

  /** The ICC profile put together, or null. */
  byte[] icc() {
    if (iccParts.isEmpty()) {
      return null;
    }
    ByteArrayOutputStream profile = new ByteArrayOutputStream();
    iccParts.values().forEach(profile::writeBytes);
    return profile.toByteArray();
  }

  /** Pixels per inch of the JFIF marker, or 0. */
  double dpi() {
    return density(12);
  }

  /** Rows per inch of the JFIF marker, or 0. */
  double verticalDpi() {
    return density(14);
  }

  private double density(int at) {
    if (jfif == null) {
      return 0;
    }
    int density = (jfif[at] & 0xFF) << 8 | (jfif[at + 1] & 0xFF);
    return jfif[11] == 1 ? density : jfif[11] == 2 ? density * ImageMetadata.CM_PER_INCH : 0;
  }

  /** Colour components of the frame: 1 gray, 3 colour, 4 CMYK or YCCK. */
  int components() throws IOException {
    if (frame == null || frame.length < 10) {
      throw new IOException("JPEG has no frame header");
    }
    return frame[9] & 0xFF;
  }

  /** Adobe's colour transform (0 none, 1 YCbCr, 2 YCCK), or -1 without the marker. */
  int adobeTransform() {
    return adobeTransform;
  }

  /** The file without its metadata, and with a JFIF marker where colours would be unclear. */
  byte[] stripped() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length);
    out.write(0xFF);
    out.write(SOI);
    boolean namedRgb = frame != null && frame.length >= 19 && frame[10] == 'R' && frame[13] == 'G';
    // As libjpeg reads them: JFIF means YCbCr, whatever Adobe's marker or the names say.
    if (components() == 3 && (jfif != null || (adobeTransform < 0 && !namedRgb))) {
      out.writeBytes(jfifSegment(0, 0));
    }
    kept.forEach(out::writeBytes);
    out.write(file, scanStart, file.length - scanStart);
    return out.toByteArray();
  }

  private static byte[] jfifSegment(int dpi, int verticalDpi) {
    boolean known = dpi > 0 && verticalDpi > 0;
    return ByteBuffer.allocate(18)
        .putShort((short) (0xFF00 | APP0))
        .putShort((short) 16)
        .put(JFIF_NAME)
        .putShort((short) 0x0101)
        .put((byte) (known ? 1 : 0))
        .putShort((short) (known ? dpi : 1))
        .putShort((short) (known ? verticalDpi : 1))
        .array();
  }

  /**
   * The file with its metadata replaced.
   *
   * @param exif written as APP1, unless null or too long for a segment
   * @param xmp likewise
   * @param icc written as APP2, unless null
   * @param dpi written as JFIF with the vertical one, with no unit where one is 0
   */
  byte[] withMetadata(byte[] exif, byte[] xmp, byte[] icc, int dpi, int verticalDpi) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length);
    out.write(0xFF);
    out.write(SOI);
    out.writeBytes(jfifSegment(dpi, verticalDpi));
    writeWhole(out, EXIF_NAME, exif);
    writeWhole(out, XMP_NAME, xmp);
    if (icc != null) {
      int part = MOST_BYTES - ICC_NAME.length - 2;
      int parts = Blocks.count(icc.length, part);
      for (int i = 0; i < parts && parts <= 255; i++) {
        byte[] name = Arrays.copyOf(ICC_NAME, ICC_NAME.length + 2);
        name[ICC_NAME.length] = (byte) (i + 1);
        name[ICC_NAME.length + 1] = (byte) parts;
        int end = Math.min(icc.length, (i + 1) * part);
        writeSegment(out, APP2, name, Arrays.copyOfRange(icc, i * part, end));
      }
    }
    kept.forEach(out::writeBytes);
    out.write(file, scanStart, file.length - scanStart);
    return out.toByteArray();
  }

  /** Writes an APP1 segment, unless {@code body} is null or too long for one. */
  private static void writeWhole(ByteArrayOutputStream out, byte[] name, byte[] body) {
    if (body != null && body.length <= MOST_BYTES - name.length) {
      writeSegment(out, APP1, name, body);
    }
  }

  private static void writeSegment(
      ByteArrayOutputStream out, int marker, byte[] name, byte[] body) {
    int length = name.length + body.length + 2;
    out.write(0xFF);
    out.write(marker);
    out.write(length >> 8);
    out.write(length);
    out.writeBytes(name);
    out.writeBytes(body);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
