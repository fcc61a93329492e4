package dev.loupe.image;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The WebP decoder: libwebp for the pixels, the {@linkplain WebpChunk chunks} for profile, EXIF and
 * XMP.
 *
 * <p>Of an animation it takes the first frame, made a file of its own, as libwebp's decoder of
 * pictures refuses animations.
 */
final class WebpReader {
  /** Of ANMF: place, size, duration and flags, before the frame's own chunks. */
  private static final int FRAME_BYTES = 16;

  /** Of VP8X: flags, width and height less 1. */
  private static final int CANVAS_BYTES = 10;

  private ImageMetadata metadata = ImageMetadata.NONE;
  private int orientation = 1;
  private ByteBuffer canvas;
  private ByteBuffer firstFrame;
  private int frames;

  private WebpReader(byte[] file) throws EOFException {
    for (WebpChunk chunk : chunks(file)) {
      take(chunk);
    }
  }

  /** What stands behind the end that the file states may be chunks that were added, or anything. */
  private static List<WebpChunk> chunks(byte[] file) throws EOFException {
    int start = Math.min(WebpChunk.HEADER_BYTES, file.length);
    try {
      return WebpChunk.of(ByteBuffer.wrap(file, start, file.length - start));
    } catch (EOFException e) {
      int end = end(file);
      if (end >= file.length || end < start) {
        throw e;
      }
      return WebpChunk.of(ByteBuffer.wrap(file, start, end - start));
    }
  }

  /** Where the file says that it ends. */
  private static int end(byte[] file) {
    if (file.length < 8) {
      return file.length;
    }
    int said = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(4);
    return (int) Math.min(file.length, 8 + Integer.toUnsignedLong(said));
  }

  private void take(WebpChunk chunk) {
    switch (chunk.type()) {
      case "ICCP" -> metadata = metadata.withIcc(chunk.bytes());
      case "EXIF" -> {
        byte[] exif = Exif.withoutPrefix(chunk.bytes());
        orientation = Exif.orientation(exif);
        metadata = metadata.withExif(exif).withDpi(Exif.dpi(exif), Exif.verticalDpi(exif));
      }
      case "XMP " -> metadata = metadata.withXmp(chunk.bytes());
      case "VP8X" -> canvas = chunk.body();
      case "ANMF" -> {
        frames++;
        firstFrame = firstFrame == null ? chunk.body() : firstFrame;
      }
      default -> {
        // the pixels, which are libwebp's, and what says nothing
      }
    }
  }

  static Image read(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    WebpReader webp = new WebpReader(bytes);
    Image stored =
        webp.firstFrame == null ? decode(bytes) : webp.onCanvas(decode(alone(webp.firstFrame)));
    return Orientation.upright(stored.withMetadata(webp.metadata), webp.orientation);
  }

  /** The first frame at its place, which is stated in steps of 2. */
  private Image onCanvas(Image frame) {
    if (canvas == null || canvas.capacity() < CANVAS_BYTES) {
      return frame;
    }
    int width = number(canvas, 4) + 1;
    int height = number(canvas, 7) + 1;
    return Canvas.with(frame, 2 * number(firstFrame, 0), 2 * number(firstFrame, 3), width, height);
  }

  /** 24 bits, the lowest first. */
  private static int number(ByteBuffer bytes, int at) {
    return (bytes.get(at) & 0xFF)
        | (bytes.get(at + 1) & 0xFF) << 8
        | (bytes.get(at + 2) & 0xFF) << 16;
  }

  /** How many pictures a file holds: the frames of an animation, or one. */
  static int count(Path file) {
    try {
      return Math.max(1, new WebpReader(Files.readAllBytes(file)).frames);
    } catch (IOException e) {
      return 1; // damage behind the first frame is none of ours
    }
  }

  private static Image decode(byte[] webp) throws IOException {
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(webp))) {
      return Image.of(PlugIn.readPicture(new WebPImageReaderSpi().createReaderInstance(null), in));
    } catch (LinkageError e) {
      throw new ImageException(
          "is WebP, for which this machine has no library; convert it to PNG", e);
    }
  }

  /** A frame's chunks as a file of their own: extended where there is alpha beside lossy pixels. */
  private static byte[] alone(ByteBuffer frame) throws IOException {
    if (frame.capacity() < FRAME_BYTES) {
      throw new EOFException("WebP ends inside a frame");
    }
    ByteBuffer inner = frame.slice(FRAME_BYTES, frame.capacity() - FRAME_BYTES);
    List<WebpChunk> chunks = new ArrayList<>(WebpChunk.of(inner));
    if (chunks.isEmpty()) {
      throw new EOFException("WebP ends inside a frame");
    }
    if (chunks.get(0).type().equals("ALPH")) {
      int width = number(frame, 6) + 1;
      int height = number(frame, 9) + 1;
      chunks.add(0, WebpChunk.extended(WebpChunk.HAS_ALPHA, width, height));
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream(frame.capacity());
    WebpChunk.write(chunks, file);
    return file.toByteArray();
  }
}
