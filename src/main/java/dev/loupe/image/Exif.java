package dev.loupe.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The few EXIF tags that pixels depend on, read and patched in place in a TIFF structure. */
final class Exif {
  private static final int IMAGE_WIDTH = 0x0100;
  private static final int IMAGE_HEIGHT = 0x0101;
  private static final int ORIENTATION = 0x0112;
  private static final int X_RESOLUTION = 0x011A;
  private static final int Y_RESOLUTION = 0x011B;
  private static final int RESOLUTION_UNIT = 0x0128;
  private static final int CENTIMETRE = 3;
  private static final int EXIF_DIRECTORY = 0x8769;
  private static final int PIXEL_WIDTH = 0xA002;
  private static final int PIXEL_HEIGHT = 0xA003;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int RATIONAL = 5;
  private static final int ENTRY_BYTES = 12;

  private Exif() {}

  /** The block without the "Exif" prefix of JPEG, which some WebP writers leave in. */
  static byte[] withoutPrefix(byte[] exif) {
    boolean prefixed = exif.length > 6 && exif[0] == 'E' && exif[1] == 'x' && exif[4] == 0;
    return prefixed ? Arrays.copyOfRange(exif, 6, exif.length) : exif;
  }

  /** The orientation 1..8 that the block states; 1 if there is none or it makes no sense. */
  static int orientation(byte[] exif) {
    ByteBuffer tiff = open(exif);
    int entry = tiff == null ? -1 : find(tiff, firstDirectory(tiff), ORIENTATION);
    int value = entry < 0 ? 1 : value(tiff, entry);
    return value >= 1 && value <= 8 ? value : 1;
  }

  /** Pixels per inch of a row, or 0 where the block does not say. */
  static double dpi(byte[] exif) {
    return density(exif, X_RESOLUTION);
  }

  /** Rows per inch, or 0 where the block does not say. */
  static double verticalDpi(byte[] exif) {
    return density(exif, Y_RESOLUTION);
  }

  private static double density(byte[] exif, int tag) {
    ByteBuffer tiff = open(exif);
    int entry = tiff == null ? -1 : find(tiff, firstDirectory(tiff), tag);
    if (entry < 0 || tiff.getShort(entry + 2) != RATIONAL) {
      return 0;
    }
    int at = tiff.getInt(entry + 8);
    if (at < 0 || at > tiff.capacity() - 2 * Integer.BYTES) {
      return 0;
    }
    double numerator = Integer.toUnsignedLong(tiff.getInt(at));
    double density = numerator / Integer.toUnsignedLong(tiff.getInt(at + Integer.BYTES));
    int unit = find(tiff, firstDirectory(tiff), RESOLUTION_UNIT);
    boolean isMetric = unit >= 0 && value(tiff, unit) == CENTIMETRE;
    return isMetric ? density * ImageMetadata.CM_PER_INCH : density;
  }

  /**
   * A copy that says orientation 1, for pixels which have been turned as it said; of those that
   * were, it points to no thumbnail, which was not.
   */
  static byte[] upright(byte[] exif) {
    byte[] copy = exif.clone();
    ByteBuffer tiff = open(copy);
    if (tiff != null) {
      boolean isTurned = orientation(exif) != 1;
      patch(tiff, firstDirectory(tiff), ORIENTATION, 1);
      if (isTurned) {
        dropThumbnail(tiff);
      }
    }
    return copy;
  }

  /** The thumbnail is the second directory, whose place stands behind the first. */
  private static void dropThumbnail(ByteBuffer tiff) {
    int directory = firstDirectory(tiff);
    if (directory < 8 || directory > tiff.capacity() - 2) {
      return;
    }
    long next = directory + 2L + ENTRY_BYTES * (tiff.getShort(directory) & 0xFFFFL);
    if (next <= tiff.capacity() - Integer.BYTES) {
      tiff.putInt((int) next, 0);
    }
  }

  /** A copy that states the given pixel size wherever the block states one. */
  static byte[] withSize(byte[] exif, int width, int height) {
    byte[] copy = exif.clone();
    ByteBuffer tiff = open(copy);
    if (tiff == null) {
      return copy;
    }
    patch(tiff, firstDirectory(tiff), IMAGE_WIDTH, width);
    patch(tiff, firstDirectory(tiff), IMAGE_HEIGHT, height);
    int pointer = find(tiff, firstDirectory(tiff), EXIF_DIRECTORY);
    if (pointer >= 0) {
      int directory = value(tiff, pointer);
      patch(tiff, directory, PIXEL_WIDTH, width);
      patch(tiff, directory, PIXEL_HEIGHT, height);
    }
    return copy;
  }

  private static ByteBuffer open(byte[] exif) {
    if (exif == null || exif.length < 8) {
      return null;
    }
    ByteBuffer tiff = ByteBuffer.wrap(exif);
    if (exif[0] == 'I' && exif[1] == 'I') {
      tiff.order(ByteOrder.LITTLE_ENDIAN);
    } else if (exif[0] != 'M' || exif[1] != 'M') {
      return null;
    }
    return tiff.getShort(2) == 42 ? tiff : null;
  }

  private static int firstDirectory(ByteBuffer tiff) {
    return tiff.getInt(4);
  }

  /** Offset of a directory's entry, or -1; directories outside the block have no entries. */
  private static int find(ByteBuffer tiff, int directory, int tag) {
    if (directory < 8 || directory > tiff.capacity() - 2) {
      return -1;
    }
    int count = tiff.getShort(directory) & 0xFFFF;
    for (int i = 0; i < count; i++) {
      int entry = directory + 2 + i * ENTRY_BYTES;
      if (entry > tiff.capacity() - ENTRY_BYTES) {
        return -1;
      }
      if ((tiff.getShort(entry) & 0xFFFF) == tag) {
        return entry;
      }
    }
    return -1;
  }

  private static int value(ByteBuffer tiff, int entry) {
    return switch (tiff.getShort(entry + 2)) {
      case SHORT -> tiff.getShort(entry + 8) & 0xFFFF;
      case LONG -> tiff.getInt(entry + 8);
      default -> -1;
    };
  }

  private static void patch(ByteBuffer tiff, int directory, int tag, int value) {
    int entry = find(tiff, directory, tag);
    if (entry < 0) {
      return;
    }
    if (tiff.getShort(entry + 2) == LONG || value > 0xFFFF) {
      tiff.putShort(entry + 2, (short) LONG).putInt(entry + 8, value);
    } else {
      tiff.putShort(entry + 2, (short) SHORT).putShort(entry + 8, (short) value);
    }
    tiff.putInt(entry + 4, 1);
  }
}
