package dev.loupe.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * The JPEG encoder: ImageIO's one, with full-resolution chroma (4:4:4), since halving it would undo
 * part of an upscaler's work; EXIF, profile and resolution are put in by {@link JpegSegments}.
 */
final class JpegWriter {
  private static final String FORMAT = "javax_imageio_jpeg_image_1.0";

  /** Pixels a side that libjpeg takes. */
  static final int LARGEST_SIDE = 65500;

  private JpegWriter() {}

  /** Writes a picture's colour; alpha, which must be opaque, is left out, and 16 bits rounded. */
  static void write(Image image, OutputStream out, int quality) throws IOException {
    BufferedImage picture = BufferedImages.toBufferedImage(image.colour().withBitDepth(8), false);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality / 100f);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, fullChroma(writer, picture, param)), param);
    } finally {
      writer.dispose();
    }
    ImageMetadata metadata = image.metadata();
    int dpi = (int) Math.min(0xFFFF, Math.round(metadata.dpi().orElse(0)));
    JpegSegments segments = JpegSegments.parse(bytes.toByteArray());
    out.write(segments.withMetadata(metadata.exif(), metadata.icc(), dpi));
  }

  private static IIOMetadata fullChroma(
      ImageWriter writer, BufferedImage picture, ImageWriteParam param) throws IOException {
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
