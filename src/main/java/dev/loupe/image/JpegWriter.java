package dev.loupe.image;

import java.awt.image.RenderedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;

/**
 * The JPEG encoder: ImageIO's one, with full-resolution chroma (4:4:4), since halving it would undo
 * part of an upscaler's work; EXIF, XMP, profile and resolution are put in by {@link JpegSegments}.
 */
final class JpegWriter {
  private static final String FORMAT = "javax_imageio_jpeg_image_1.0";

  /** Pixels a side that libjpeg takes. */
  static final int LARGEST_SIDE = 65500;

  private static final int DEFAULT_QUALITY = 95;

  private JpegWriter() {}

  /**
   * Writes a picture without alpha as its rows come; samples of 16 bits are rounded to 8.
   *
   * @param quality 1..100, or empty for 95
   */
  static void write(ImageHeader header, OutputStream out, OptionalInt quality, RowSource rows)
      throws IOException {
    RowImage picture =
        header.bitDepth() == 8
            ? new RowImage(header, rows)
            : new RowImage(header.withBitDepth(8), rounded(rows));
    ImageWriter writer = PlugIn.writer("jpeg");
    try (JpegOutput stream = new JpegOutput(out, header.metadata())) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality.orElse(DEFAULT_QUALITY) / 100f);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, fullChroma(writer, picture, param)), param);
    } finally {
      writer.dispose();
    }
  }

  private static RowSource rounded(RowSource rows) {
    return narrow -> {
      ByteBuffer wide = ByteBuffer.allocate(Short.BYTES * narrow.remaining());
      rows.get(wide.order(ByteOrder.nativeOrder()));
      wide.flip();
      while (wide.hasRemaining()) {
        narrow.put((byte) Image.narrowed(wide.getShort() & 0xFFFF));
      }
    };
  }

  private static IIOMetadata fullChroma(
      ImageWriter writer, RenderedImage picture, ImageWriteParam param) throws IOException {
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(picture), param);
    IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(FORMAT);
    var components = root.getElementsByTagName("componentSpec");
    for (int i = 0; i < components.getLength(); i++) {
      IIOMetadataNode component = (IIOMetadataNode) components.item(i);
      component.setAttribute("HsamplingFactor", "1");
      component.setAttribute("VsamplingFactor", "1");
    }
    metadata.setFromTree(FORMAT, root);
    return metadata;
  }
}
