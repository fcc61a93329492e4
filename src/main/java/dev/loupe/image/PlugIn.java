package dev.loupe.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The ImageIO plug-ins behind one door, where a decoder's warning of lost data is an error. */
final class PlugIn {
  private PlugIn() {}

  /** What is done with a reader whose input is set. */
  interface Task<T> {
    T with(ImageReader reader) throws IOException;
  }

  /** A file to be read here and there; whole where it is not of the default file system. */
  static ImageInputStream open(Path file) throws IOException {
    return file.getFileSystem() == FileSystems.getDefault()
        ? new FileImageInputStream(file.toFile())
        : new MemoryCacheImageInputStream(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  /** The first picture of a stream. */
  static BufferedImage readPicture(String format, ImageInputStream in) throws IOException {
    return with(format, in, reader -> reader.read(0));
  }

  /** As above, by a reader of the caller's choice. */
  static BufferedImage readPicture(ImageReader reader, ImageInputStream in) throws IOException {
    return with(reader, in, chosen -> chosen.read(0));
  }

  /** The first picture's samples, before any colour conversion. */
  static Raster readRaster(String format, ImageInputStream in) throws IOException {
    return with(format, in, reader -> reader.readRaster(0, null));
  }

  /** How many pictures a file holds, as far as it can be read. */
  static int count(String format, Path file) {
    try (ImageInputStream in = open(file)) {
      return with(format, in, reader -> reader.getNumImages(true));
    } catch (IOException | RuntimeException e) {
      return 1; // damage behind the first picture is none of ours
    }
  }

  /** Runs a task with a format's reader, and throws if the reader warned of damage. */
  static <T> T with(String format, ImageInputStream in, Task<T> task) throws IOException {
    return with(readers(format).get(0), in, task);
  }

  /** As {@link #with}, by the last reader: one that was added to Java's, where there is one. */
  static <T> T withAdded(String format, ImageInputStream in, Task<T> task) throws IOException {
    List<ImageReader> readers = readers(format);
    return with(readers.get(readers.size() - 1), in, task);
  }

  /** Java's own first: only its metadata of a TIFF are those that {@link TiffReader} knows. */
  private static List<ImageReader> readers(String format) {
    List<ImageReader> readers = new ArrayList<>();
    ImageIO.getImageReadersByFormatName(format.toLowerCase(Locale.ROOT))
        .forEachRemaining(readers::add);
    if (readers.isEmpty()) {
      throw new ImageException("no ImageIO plug-in reads " + format + "; convert it to PNG");
    }
    readers.sort(Comparator.comparing(PlugIn::isAdded));
    return readers;
  }

  /** The writer of a format: Java's own, as with readers. */
  static ImageWriter writer(String format) {
    List<ImageWriter> writers = new ArrayList<>();
    ImageIO.getImageWritersByFormatName(format).forEachRemaining(writers::add);
    writers.sort(Comparator.comparing(PlugIn::isAdded));
    return writers.get(0);
  }

  private static boolean isAdded(Object plugIn) {
    return plugIn.getClass().getModule() != ImageIO.class.getModule();
  }

  private static <T> T with(ImageReader reader, ImageInputStream in, Task<T> task)
      throws IOException {
    try {
      List<String> warnings = new ArrayList<>();
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      reader.setInput(in, false, false);
      T result = task.with(reader);
      for (String warning : warnings) {
        requireWhole(warning);
      }
      return result;
    } finally {
      reader.dispose();
    }
  }

  /**
   * That bytes are left over behind a scan says nothing: drones, scanners and webcams fill them in.
   */
  private static void requireWhole(String warning) throws IOException {
    String text = warning.toLowerCase(Locale.ROOT);
    if (text.contains("premature") || text.contains("truncated")) {
      throw new EOFException(warning);
    }
    if (text.contains("corrupt jpeg data") && !text.contains("extraneous bytes")) {
      throw new IOException(warning);
    }
  }
}
