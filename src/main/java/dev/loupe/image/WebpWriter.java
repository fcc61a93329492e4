package dev.loupe.image;

import com.luciad.imageio.webp.CompressionType;
import com.luciad.imageio.webp.WebPImageWriterSpi;
import com.luciad.imageio.webp.WebPWriteParam;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import javax.imageio.IIOImage;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * The WebP encoder: libwebp for the pixels, RGB or RGBA of 8 bits; {@linkplain WebpChunk chunks}
 * for profile, EXIF and XMP.
 */
final class WebpWriter {
  /** Pixels a side that WebP's 14 bits say. */
  static final int LARGEST_SIDE = 16383;

  /**
   * Of lossless compression: more effort takes three to five times as long to make upscaled photos
   * 4 % (method 1) to 15 % (effort 0.5, method 4) smaller.
   */
  private static final float LOSSLESS_EFFORT = 0.2f;

  private static final int LOSSLESS_METHOD = 0;

  /** Of lossy compression: libwebp's own choice. */
  private static final int LOSSY_METHOD = 4;

  private WebpWriter() {}

  /**
   * Writes a picture; gray becomes RGB, 16 bits are rounded to 8.
   *
   * @param quality 1..100 of lossy compression; lossless if empty
   */
  static void write(Image image, OutputStream out, OptionalInt quality) throws IOException {
    Image rgb = image.toRgb().withBitDepth(8).withMetadata(ImageMetadata.NONE);
    ByteBuffer file = ByteBuffer.wrap(encode(rgb.toBufferedImage(), quality));
    List<WebpChunk> pixels = new ArrayList<>(WebpChunk.of(file.position(WebpChunk.HEADER_BYTES)));
    pixels.removeIf(chunk -> chunk.type().equals("VP8X"));
    WebpChunk.write(withMetadata(pixels, image.header()), out);
  }

  private static byte[] encode(BufferedImage picture, OptionalInt quality) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ImageWriter writer = new WebPImageWriterSpi().createWriterInstance(null);
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(file)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, null), param(writer, quality));
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }

  private static ImageWriteParam param(ImageWriter writer, OptionalInt quality) {
    WebPWriteParam param = (WebPWriteParam) writer.getDefaultWriteParam();
    param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    if (quality.isPresent()) {
      param.setCompressionType(CompressionType.Lossy);
      param.setCompressionQuality(quality.getAsInt() / 100f);
      param.setMethod(LOSSY_METHOD);
      param.setUseSharpYUV(true); // chroma has half the resolution: halved with care for edges
    } else {
      param.setCompressionType(CompressionType.Lossless);
      param.setCompressionQuality(LOSSLESS_EFFORT);
      param.setMethod(LOSSLESS_METHOD);
      param.setExact(true); // colour under full transparency, too
    }
    return param;
  }

  private static List<WebpChunk> withMetadata(List<WebpChunk> pixels, ImageHeader header) {
    ImageMetadata metadata = header.metadata();
    List<WebpChunk> chunks = new ArrayList<>(pixels);
    int flags = header.hasAlpha() ? WebpChunk.HAS_ALPHA : 0;
    // A profile of grays would be wrong: they have become RGB.
    if (metadata.icc() != null && !metadata.hasProfileOf("GRAY")) {
      chunks.add(0, new WebpChunk("ICCP", metadata.icc()));
      flags |= WebpChunk.HAS_ICC;
    }
    if (metadata.exif() != null) {
      chunks.add(new WebpChunk("EXIF", metadata.exif()));
      flags |= WebpChunk.HAS_EXIF;
    }
    if (metadata.xmp() != null) {
      chunks.add(new WebpChunk("XMP ", metadata.xmp()));
      flags |= WebpChunk.HAS_XMP;
    }
    if (flags != 0) {
      chunks.add(0, WebpChunk.extended(flags, header.width(), header.height()));
    }
    return chunks;
  }
}
