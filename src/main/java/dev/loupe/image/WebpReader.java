package dev.loupe.image;

import com.luciad.imageio.webp.WebPImageReaderSpi;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * The WebP decoder: libwebp for the pixels, the RIFF chunks for profile, EXIF and XMP (WebP
 * container specification).
 *
 * <p>Of an animation it takes the first frame, made a file of its own, as libwebp's decoder of
 * pictures refuses animations.
 */
final class WebpReader {
  private static final int HEADER_BYTES = 12;
  private static final int CHUNK_BYTES = 8;

  /** Of ANMF: place, size, duration and flags, before the frame's own chunks. */
  private static final int FRAME_BYTES = 16;

  /** Of VP8X: flags, width and height less 1. */
  private static final int CANVAS_BYTES = 10;

  private byte[] icc;
  private byte[] exif;
  private byte[] xmp;
  private ByteBuffer canvas;
  private ByteBuffer firstFrame;
  private int frames;

  private WebpReader(byte[] file) throws IOException {
    ByteBuffer riff = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = HEADER_BYTES; at + CHUNK_BYTES <= file.length; ) {
      String type = new String(file, (int) at, 4, StandardCharsets.ISO_8859_1);
      long size = riff.getInt((int) at + 4) & 0xFFFFFFFFL;
      if (at + CHUNK_BYTES + size > file.length) {
        throw new EOFException("WebP ends inside a chunk");
      }
      take(type, riff.slice((int) at + CHUNK_BYTES, (int) size));
      at += CHUNK_BYTES + size + size % 2;
    }
  }

  private void take(String type, ByteBuffer body) {
    switch (type) {
      case "ICCP" -> icc = bytes(body);
      case "EXIF" -> exif = Exif.withoutPrefix(bytes(body));
      case "XMP " -> xmp = bytes(body);
      case "VP8X" -> canvas = body;
      case "ANMF" -> {
        frames++;
        firstFrame = firstFrame == null ? body : firstFrame;
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
    ImageMetadata metadata =
        ImageMetadata.NONE.withIcc(webp.icc).withExif(webp.exif).withXmp(webp.xmp);
    int orientation = webp.exif == null ? 1 : Exif.orientation(webp.exif);
    return Orientation.upright(stored.withMetadata(metadata), orientation);
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
    if (frame.capacity() < FRAME_BYTES + CHUNK_BYTES) {
      throw new EOFException("WebP ends inside a frame");
    }
    ByteBuffer chunks = frame.slice(FRAME_BYTES, frame.capacity() - FRAME_BYTES);
    boolean hasAlpha = chunks.get(0) == 'A';
    int extended = hasAlpha ? CHUNK_BYTES + 10 : 0;
    ByteBuffer file =
        ByteBuffer.allocate(HEADER_BYTES + extended + chunks.capacity())
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put(ascii("RIFF")).putInt(file.capacity() - CHUNK_BYTES).put(ascii("WEBP"));
    if (hasAlpha) {
      file.put(ascii("VP8X")).putInt(10).putInt(0x10);
      file.put(bytes(frame.slice(6, 6))); // width and height less 1, of 24 bits each
    }
    return file.put(chunks).array();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
