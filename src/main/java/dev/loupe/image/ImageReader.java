package dev.loupe.image;

import java.io.BufferedInputStream;
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
 * <p>The content decides the format, not the name: PNG, JPEG, TIFF, BMP, GIF (first frame) and
 * WebP. Gray stays gray (also a palette of grays), 16 bits stay 16, fewer than 8 become 8. Pixels
 * are turned as the EXIF orientation says; colours are not converted, the ICC profile goes along.
 * (CMYK is the exception: it becomes sRGB.) A damaged or cut file is an error, never half a
 * picture.
 */
public final class ImageReader {
  private ImageReader() {}

  /**
   * Reads a picture.
   *
   * @throws ImageException if the file is missing, unreadable, no picture, or damaged
   */
  public static Image read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new ImageException(file + ": is a directory; name a picture file");
      }
      return decode(file);
    } catch (NoSuchFileException e) {
      throw new ImageException(file + ": no such file; check the path", e);
    } catch (AccessDeniedException e) {
      throw new ImageException(file + ": no permission to read; check its access rights", e);
    } catch (EOFException e) {
      throw damaged(file, "cut off before its end", e);
    } catch (IOException e) {
      throw damaged(file, "damaged: " + oneLine(e), e);
    } catch (ImageException e) {
      throw e.getMessage().startsWith(file.toString())
          ? e
          : new ImageException(file + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // Decoders meet damage with index and argument errors of every kind.
      throw damaged(file, "damaged: " + oneLine(e), e);
    }
  }

  private static Image decode(Path file) throws IOException {
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
    return switch (format) {
      case PNG -> {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
          yield PngReader.read(in);
        }
      }
      case JPEG -> JpegReader.read(Files.readAllBytes(file));
      case TIFF -> TiffReader.read(file);
      case BMP, GIF -> PlugIn.read(file, format);
      case WEBP -> WebpReader.read(file);
    };
  }

  private static ImageException damaged(Path file, String how, Exception cause) {
    return new ImageException(file + ": " + how + "; get a complete copy", cause);
  }

  private static String oneLine(Exception e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
