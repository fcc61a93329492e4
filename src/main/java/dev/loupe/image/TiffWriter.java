package dev.loupe.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.plugins.tiff.TIFFTag;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** The TIFF encoder: the JDK's one, deflated, with profile and resolution as tags. */
final class TiffWriter {
  private TiffWriter() {}

  static void write(Image image, OutputStream out) throws IOException {
    BufferedImage picture = BufferedImages.toBufferedImage(image, false);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionType("ZLib"); // Adobe's deflate, code 8, which every reader knows
      IIOMetadata plain =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(picture), param);
      TIFFDirectory tags = TIFFDirectory.createFromMetadata(plain);
      addTags(tags, image.metadata());
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, tags.getAsMetadata()), param);
    } finally {
      writer.dispose();
    }
  }

  private static void addTags(TIFFDirectory tags, ImageMetadata metadata) {
    BaselineTIFFTagSet set = BaselineTIFFTagSet.getInstance();
    byte[] icc = metadata.icc();
    if (icc != null) {
      TIFFTag tag = set.getTag(BaselineTIFFTagSet.TAG_ICC_PROFILE);
      tags.addTIFFField(new TIFFField(tag, TIFFTag.TIFF_UNDEFINED, icc.length, icc));
    }
    if (metadata.dpi().isPresent()) {
      long hundredths = Math.round(metadata.dpi().getAsDouble() * 100);
      long[][] ratio = {{hundredths, 100}};
      for (int id :
          new int[] {BaselineTIFFTagSet.TAG_X_RESOLUTION, BaselineTIFFTagSet.TAG_Y_RESOLUTION}) {
        tags.addTIFFField(new TIFFField(set.getTag(id), TIFFTag.TIFF_RATIONAL, 1, ratio));
      }
      TIFFTag unit = set.getTag(BaselineTIFFTagSet.TAG_RESOLUTION_UNIT);
      tags.addTIFFField(new TIFFField(unit, BaselineTIFFTagSet.RESOLUTION_UNIT_INCH));
    }
  }
}
