package dev.loupe.image;

import dev.loupe.file.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way out: an {@link Image}, or rows as they are made, become a PNG, JPEG, TIFF or WebP file,
 * chosen by the extension.
 *
 * <p>The file is written beside its target and renamed when complete, so the target is the old file
 * or the new one, never a part. Profile, EXIF (not in TIFF), XMP and resolution go along.
 */
public final class ImageWriter {
  private static final Logger LOG = LoggerFactory.getLogger(ImageWriter.class);

  private ImageWriter() {}

  /** Writes with {@link WriteOptions#DEFAULT}. */
  public static Optional<String> write(Image image, Path file) {
    return write(image, file, WriteOptions.DEFAULT);
  }

  /**
   * Writes a picture, replacing the file if there is one.
   *
   * @return a note, also logged, where the format could not keep all: 16 bits rounded to 8, the
   *     profile of a gray picture in WebP, which holds RGB, code points of colours
   * @throws ImageException if the extension is unknown, the format cannot hold the picture (alpha
   *     in JPEG), or the file cannot be written; the target is then as it was
   */
  public static Optional<String> write(Image image, Path file, WriteOptions options) {
    checkTarget(file, image, image.header());
    ImageFormat format = ImageFormat.ofExtension(file);
    Image whole = format == ImageFormat.JPEG ? image.colour() : image;
    ImageHeader header = kept(whole.header(), options);
    put(
        file,
        () -> {
          if (format == ImageFormat.PNG) {
            PictureFile.write(
                file,
                out ->
                    PngWriter.write(
                        header, out, options.pngLevel(), rows -> rows.put(whole.samples())));
          } else if (format == ImageFormat.WEBP) {
            Image kept = whole.withMetadata(header.metadata());
            writeWebp(kept, file, options);
          } else {
            RowSource rows = RowSource.of(whole.samples());
            encode(file, header, options, encoder -> encoder.read(rows));
          }
        });
    return loss(file, header);
  }

  /**
   * Writes a picture that comes row by row, replacing the file if there is one. The picture is held
   * whole only where its format does not {@linkplain #takesRows take rows}.
   *
   * @param header what the picture is
   * @param content puts all rows into the sink it is given; where it throws, the target stays as it
   *     was
   * @return as {@link #write(Image, Path, WriteOptions)}
   * @throws ImageException likewise, and if a picture to be held whole passes 2 GiB
   */
  public static Optional<String> write(
      ImageHeader header, Path file, WriteOptions options, Consumer<RowSink> content) {
    checkTarget(file, header);
    if (!takesRows(file, header)) {
      return write(whole(header, content), file, options);
    }
    ImageFormat format = ImageFormat.ofExtension(file);
    ImageHeader whole = kept(header, options);
    put(
        file,
        () -> {
          if (format == ImageFormat.PNG) {
            PictureFile.write(
                file, out -> PngWriter.write(whole, out, options.pngLevel(), content));
          } else {
            encode(file, whole, options, encoder -> RowPipe.run(whole, content, encoder));
          }
        });
    return loss(file, whole);
  }

  private static Image whole(ImageHeader header, Consumer<RowSink> content) {
    Image image = Image.allocate(header);
    ByteBuffer left = image.samples();
    content.accept(
        rows -> {
          if (rows.remaining() > left.remaining()) {
            throw new IllegalStateException("more rows than the picture's " + header.height());
          }
          left.put(rows);
        });
    if (left.hasRemaining()) {
      throw new IllegalStateException(
          "%d rows of the picture's %d are missing"
              .formatted(left.remaining() / header.rowBytes(), header.height()));
    }
    return image;
  }

  /**
   * Whether a picture can be written to this file row by row, and need not be held whole: always as
   * PNG, without alpha as JPEG (which may drop it if it is opaque), below 4 GB as TIFF, never as
   * WebP.
   */
  public static boolean takesRows(Path file, ImageHeader header) {
    return switch (ImageFormat.ofExtension(file)) {
      case JPEG -> !header.hasAlpha();
      case TIFF -> header.bytes() < TiffWriter.MOST_BYTES;
      case WEBP -> false;
      default -> true;
    };
  }

  /** What lets an encoder have a picture's rows. */
  private interface Feed {
    void to(RowPipe.Reader encoder) throws IOException;
  }

  /** To JPEG or TIFF, whose encoders ask for rows. */
  private static void encode(Path file, ImageHeader header, WriteOptions options, Feed feed)
      throws IOException {
    if (ImageFormat.ofExtension(file) == ImageFormat.JPEG) {
      PictureFile.write(
          file, out -> feed.to(rows -> JpegWriter.write(header, out, options.quality(), rows)));
    } else {
      PictureFile.make(file, part -> feed.to(rows -> TiffWriter.write(header, part, rows)));
    }
  }

  private static void writeWebp(Image image, Path file, WriteOptions options) throws IOException {
    try {
      PictureFile.write(file, out -> WebpWriter.write(image, out, options.quality()));
    } catch (LinkageError e) {
      throw new ImageException(file + ": this machine has no library for WebP; use .png", e);
    }
  }

  /** What the format could not keep, in words. */
  private static Optional<String> loss(Path file, ImageHeader header) {
    ImageFormat format = ImageFormat.ofExtension(file);
    List<String> losses = new ArrayList<>();
    if ((format == ImageFormat.JPEG || format == ImageFormat.WEBP) && header.bitDepth() > 8) {
      losses.add("holds 8 bits, 16 were rounded");
    }
    if (format == ImageFormat.WEBP && header.metadata().hasProfileOf("GRAY")) {
      losses.add("holds RGB, a profile of grays was left out");
    }
    if (format != ImageFormat.PNG) {
      ImageMetadata metadata = header.metadata();
      metadata
          .colours()
          .missedElsewhere(metadata.icc() != null)
          .ifPresent(
              chunk ->
                  losses.add("has no room for " + chunk + ", which says what the colours mean"));
    }
    if (losses.isEmpty()) {
      return Optional.empty();
    }
    String note =
        "%s: %s %s; use .png to keep all"
            .formatted(file, format.word(), String.join(", and ", losses));
    LOG.warn(note);
    return Optional.of(note);
  }

  /** What writes a file, whole or not at all. */
  private interface Writing {
    void run() throws IOException;
  }

  private static void put(Path file, Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw new ImageException(file + ": cannot be written, " + reason(e), e);
    }
  }

  /**
   * Checks, before the work of making a picture, that its file can be written: a known extension, a
   * directory that is there and may be written to, and no directory in the file's place.
   *
   * @throws ImageException as {@link #write} would
   */
  public static void checkTarget(Path file) {
    ImageFormat format = ImageFormat.ofExtension(file);
    Path directory = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw new ImageException(file + ": is a directory; name a file in it");
    } else if (!Files.isDirectory(directory)) {
      throw new ImageException(
          "%s: there is no directory %s; create it".formatted(file, directory));
    } else if (!Files.isWritable(directory)) {
      throw new ImageException(
          file + ": no permission to write in its directory; choose another place");
    } else if (format == ImageFormat.TIFF && file.getFileSystem() != FileSystems.getDefault()) {
      throw new ImageException(file + ": TIFF is written to files of the machine's own alone");
    }
  }

  /**
   * As {@link #checkTarget(Path)}, and that the format can hold a picture of this size.
   *
   * @throws ImageException as {@link #write} would
   */
  public static void checkTarget(Path file, ImageHeader picture) {
    checkTarget(file);
    int side = Math.max(picture.width(), picture.height());
    ImageFormat format = ImageFormat.ofExtension(file);
    int largest =
        switch (format) {
          case JPEG -> JpegWriter.LARGEST_SIDE;
          case WEBP -> WebpWriter.LARGEST_SIDE;
          default -> Integer.MAX_VALUE;
        };
    if (side > largest) {
      throw new ImageException(
          "%s: %s holds at most %d pixels a side, not %d; use .png"
              .formatted(file, format.word(), largest, side));
    }
  }

  /**
   * As {@link #checkTarget(Path)}, and that the format can hold what {@code picture} becomes.
   *
   * @param result of another size than the picture, all else the same
   * @throws ImageException as {@link #write} would
   */
  public static void checkTarget(Path file, Image picture, ImageHeader result) {
    checkTarget(file, result);
    if (ImageFormat.ofExtension(file) == ImageFormat.JPEG && !picture.isOpaque()) {
      throw new ImageException(file + ": JPEG cannot hold transparency; use .png");
    }
  }

  private static ImageHeader kept(ImageHeader header, WriteOptions options) {
    ImageMetadata metadata = header.metadata();
    if (!options.metadata()) {
      metadata = metadata.withExif(null).withXmp(null);
    }
    byte[] exif = metadata.exif();
    if (exif != null) {
      metadata = metadata.withExif(Exif.withSize(exif, header.width(), header.height()));
    }
    byte[] xmp = metadata.xmp();
    if (xmp != null) {
      metadata = metadata.withXmp(Xmp.withSize(xmp, header.width(), header.height()));
    }
    return header.withMetadata(metadata);
  }

  /** Of the innermost failure: the encoder of TIFF wraps it in one that says nothing. */
  private static String reason(IOException e) {
    if (e.getCause() instanceof IOException cause) {
      return reason(cause);
    }
    String reason = IoReason.of(e);
    return IoReason.isInterrupt(e) ? reason : reason + "; free space or choose another place";
  }
}
