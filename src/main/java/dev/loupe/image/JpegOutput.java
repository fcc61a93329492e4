package dev.loupe.image;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.OptionalDouble;
import javax.imageio.stream.ImageOutputStreamImpl;

/**
 * The stream between ImageIO's JPEG encoder and a file: segments before the first scan are held,
 * and written with the picture's metadata; what follows goes on as it comes.
 */
final class JpegOutput extends ImageOutputStreamImpl {
  private final OutputStream out;
  private final ImageMetadata metadata;
  private ByteArrayOutputStream head = new ByteArrayOutputStream();

  JpegOutput(OutputStream out, ImageMetadata metadata) {
    this.out = out;
    this.metadata = metadata;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    streamPos += length;
    if (head == null) {
      out.write(bytes, offset, length);
      return;
    }
    head.write(bytes, offset, length);
    try {
      JpegSegments segments = JpegSegments.parse(head.toByteArray());
      int dpi = density(metadata.dpi());
      int verticalDpi = density(metadata.verticalDpi());
      out.write(
          segments.withMetadata(metadata.exif(), metadata.xmp(), metadata.icc(), dpi, verticalDpi));
      head = null;
    } catch (EOFException e) {
      // The scan has not begun yet.
    }
  }

  private static int density(OptionalDouble dpi) {
    return (int) Math.min(0xFFFF, Math.round(dpi.orElse(0)));
  }

  @Override
  public int read() throws IOException {
    throw new IOException("a JPEG that is written cannot be read");
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return read();
  }
}
