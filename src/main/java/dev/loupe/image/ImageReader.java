package dev.loupe.image;

import dev.loupe.file.IoReason;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The way in: a picture file becomes an {@link Image}.
 *
 * <p>The content decides the format, not the name: PNG, JPEG, TIFF, BMP, GIF and WebP (of
 * animations the first frame, on its canvas). Gray stays gray (also a palette of grays), 16 bits
 * stay 16, fewer than 8 become 8. Pixels are turned as the EXIF orientation says; colours are not
 * converted, the ICC profile goes along. (A CMYK JPEG is the exception: it becomes sRGB; a CMYK
 * TIFF is refused.) A damaged or cut file is an error, never half a picture.
 */
public final class ImageReader {
  private ImageReader() {}

  /**
   * Reads a picture.
   *
   * @throws ImageException if the file is missing, unreadable, no picture, or damaged
   */
  public static Image read(Path file) {
    return read(file, () -> decode(file, format(file)));
  }

  /**
   * Opens a picture to be read row by row. A PNG is checked (but for its deflated data), then
   * decoded as its rows are asked for, unless it is interlaced or turned by EXIF; other pictures
   * are read whole.
   *
   * @throws ImageException as {@link #read}
   */
  public static ImageRows open(Path file) {
    return read(
        file,
        () -> {
          ImageFormat format = format(file);
          ImageRows rows = format == ImageFormat.PNG ? PngReader.open(file) : null;
          return rows == null ? decode(file, format).rows() : rows;
        });
  }

  /**
   * How many pictures a file holds: of the pages of a TIFF and the frames of a GIF or WebP, only
   * the first is read.
   *
   * @throws ImageException as {@link #read}, but for damage
   */
  public static int count(Path file) {
    ImageFormat format = read(file, () -> format(file));
    return switch (format) {
      case TIFF -> TiffReader.count(file);
      case GIF -> PlugIn.count("gif", file);
      case WEBP -> WebpReader.count(file);
      case PNG, JPEG, BMP -> 1;
    };
  }

  /** What reads a file or a part of it. */
  interface Reading<T> {
    T run() throws IOException;
  }

  /** Runs {@code reading}, and tells of every failure as an {@link ImageException}. */
  static <T> T read(Path file, Reading<T> reading) {
    try {
      return reading.run();
    } catch (NoSuchFileException e) {
      throw new ImageException(file + ": no such file; check the path", e);
    } catch (AccessDeniedException e) {
      throw new ImageException(file + ": no permission to read; check its access rights", e);
    } catch (EOFException e) {
      throw damaged(file, "cut off before its end", e);
    } catch (IOException e) {
      if (IoReason.isInterrupt(e)) {
        throw new ImageException(file + ": cannot be read, interrupted", e);
      }
      throw damaged(file, "damaged: " + IoReason.of(e), e);
    } catch (ImageException e) {
      throw e.getMessage().startsWith(file.toString())
          ? e
          : new ImageException(file + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // Decoders meet damage with index and argument errors of every kind.
      throw damaged(file, "damaged: " + IoReason.of(e), e);
    }
  }

  private static ImageFormat format(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new ImageException(file + ": is a directory; name a picture file");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new ImageException(
          file
              + ": is a pipe or a device; save it to a file ('loupe upscale -' reads standard input)");
    }
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(ImageFormat.MAGIC_BYTES);
    }
    if (head.length == 0) {
      throw new ImageException(file + ": is empty (0 bytes); get a complete copy");
    }
    ImageFormat format = ImageFormat.ofContent(head);
    if (format == null) {
      throw new ImageException(file + ": is not " + ImageFormat.READABLE + "; convert it to PNG");
    }
    return format;
  }

  private static Image decode(Path file, ImageFormat format) throws IOException {
    return switch (format) {
      case PNG -> {
        try (InputStream in = PngReader.newInputStream(file)) {
          yield PngReader.read(in);
        }
      }
      case JPEG -> JpegReader.read(Files.readAllBytes(file));
      case TIFF -> TiffReader.read(file);
      case BMP -> BmpReader.read(file);
      case GIF -> GifReader.read(file);
      case WEBP -> WebpReader.read(file);
    };
  }

  private static ImageException damaged(Path file, String how, Exception cause) {
    return new ImageException(file + ": " + how + "; get a complete copy", cause);
  }
}
