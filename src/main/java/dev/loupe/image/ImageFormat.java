package dev.loupe.image;

import java.nio.file.Path;
import java.util.Locale;

/** The file formats, told apart by their first bytes when read and by extension when written. */
enum ImageFormat {
  PNG,
  JPEG,
  TIFF,
  BMP,
  GIF,
  WEBP;

  /** First bytes needed to tell. */
  static final int MAGIC_BYTES = 12;

  static final String READABLE = "PNG, JPEG, TIFF, BMP, GIF or WebP";

  /** The format that a file with these first bytes has, or null if it is none of them. */
  static ImageFormat ofContent(byte[] head) {
    if (startsWith(head, 0, "\u0089PNG\r\n\u001a\n")) {
      return PNG;
    } else if (startsWith(head, 0, "\u00ff\u00d8\u00ff")) {
      return JPEG;
    } else if (startsWith(head, 0, "II*\0") || startsWith(head, 0, "MM\0*")) {
      return TIFF;
    } else if (startsWith(head, 0, "BM")) {
      return BMP;
    } else if (startsWith(head, 0, "GIF8")) {
      return GIF;
    } else if (startsWith(head, 0, "RIFF") && startsWith(head, 8, "WEBP")) {
      return WEBP;
    }
    return null;
  }

  private static boolean startsWith(byte[] head, int offset, String magic) {
    if (head.length < offset + magic.length()) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if ((head[offset + i] & 0xFF) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The format to write to a path.
   *
   * @throws ImageException if the extension names none that is written
   */
  static ImageFormat ofExtension(Path path) {
    String name = path.getFileName() == null ? "" : path.getFileName().toString();
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (name.indexOf('.') < 0 ? "" : extension) {
      case "png" -> PNG;
      case "jpg", "jpeg" -> JPEG;
      case "tif", "tiff" -> TIFF;
      case "" -> throw new ImageException(path + ": no file extension; use .png, .jpg or .tif");
      default ->
          throw new ImageException(
              "%s: cannot write .%s files; use .png, .jpg or .tif".formatted(path, extension));
    };
  }
}
