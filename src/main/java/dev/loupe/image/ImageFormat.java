package dev.loupe.image;

import java.nio.file.Path;
import java.util.Locale;

/**
 * The file formats of pictures: in folders found by extension, told apart by their first bytes when
 * read and by extension when written.
 */
public enum ImageFormat {
  PNG,
  JPEG,
  TIFF,
  BMP,
  GIF,
  WEBP;

  /** First bytes needed to tell. */
  static final int MAGIC_BYTES = 12;

  static final String READABLE = "PNG, JPEG, TIFF, BMP, GIF or WebP";

  private static final String WRITABLE = ".png, .jpg, .tif or .webp";

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

  /** How people write its name. */
  String word() {
    return this == WEBP ? "WebP" : name();
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
   * Whether a file of a folder is taken for a picture, by its name: not hidden, as macOS's
   * companions {@code ._photo.png} are, and with the extension of a format that is read.
   */
  public static boolean isReadable(Path file) {
    return !name(file).startsWith(".") && of(extension(file)) != null;
  }

  /** Whether pictures are written to files of this extension, given without its dot. */
  public static boolean isWritable(String extension) {
    ImageFormat format = of(extension);
    return format == PNG || format == JPEG || format == TIFF || format == WEBP;
  }

  /** Whether a file of this name is written with a quality, as lossy compression has one. */
  public static boolean hasQuality(Path file) {
    ImageFormat format = of(extension(file));
    return format == JPEG || format == WEBP;
  }

  /** A file's extension without its dot, in lower case; empty if there is none. */
  public static String extension(Path file) {
    String name = name(file);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(dot + 1).toLowerCase(Locale.ROOT) : "";
  }

  /** A file's name without its extension and the dot before it. */
  public static String stem(Path file) {
    String name = name(file);
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /** A file's name without its folder; empty of a root. */
  public static String name(Path file) {
    return file.getFileName() == null ? "" : file.getFileName().toString();
  }

  /** The format of an extension, or null if it is none's. */
  private static ImageFormat of(String extension) {
    return switch (extension.toLowerCase(Locale.ROOT)) {
      case "png" -> PNG;
      case "jpg", "jpeg", "jpe", "jfif" -> JPEG;
      case "tif", "tiff" -> TIFF;
      case "bmp", "dib" -> BMP;
      case "gif" -> GIF;
      case "webp" -> WEBP;
      default -> null;
    };
  }

  /**
   * The format to write to a path.
   *
   * @throws ImageException if the extension names none that is written
   */
  static ImageFormat ofExtension(Path path) {
    String extension = extension(path);
    if (extension.isEmpty()) {
      throw new ImageException(path + ": no file extension; use " + WRITABLE);
    }
    if (!isWritable(extension)) {
      throw new ImageException(
          "%s: cannot write .%s files; use %s".formatted(path, extension, WRITABLE));
    }
    return of(extension);
  }
}
