package dev.loupe.image;

import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.plugins.tiff.TIFFTag;
import javax.imageio.stream.FileImageOutputStream;

/** The TIFF encoder: the JDK's one, deflated, with profile, XMP and resolution as tags. */
final class TiffWriter {
  /** Of a picture's samples: offsets in a TIFF are of 32 bits, and deflating may add a little. */
  static final long MOST_BYTES = 4_200_000_000L;

  /** The JDK's word for deflate level 4. */
  private static final float DEFLATE_QUALITY = 3 / 8f;

  private TiffWriter() {}

  /** Makes a file of a picture as its rows come; strips are noted at its beginning afterwards. */
  static void write(ImageHeader header, Path file, RowSource rows) throws IOException {
    RowImage picture = new RowImage(header, rows);
    ImageWriter writer = PlugIn.writer("tiff");
    try (FileImageOutputStream stream = new FileImageOutputStream(file.toFile())) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionType("ZLib"); // Adobe's deflate, code 8, which every reader knows
      param.setCompressionQuality(DEFLATE_QUALITY);
      IIOMetadata plain =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(picture), param);
      TIFFDirectory tags = TIFFDirectory.createFromMetadata(plain);
      addTags(tags, header);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(picture, null, tags.getAsMetadata()), param);
    } finally {
      writer.dispose();
    }
  }

  private static void addTags(TIFFDirectory tags, ImageHeader header) {
    BaselineTIFFTagSet set = BaselineTIFFTagSet.getInstance();
    if (header.bitDepth() == 8) { // the JDK's encoder takes no differences of 16 bits
      TIFFTag tag = set.getTag(BaselineTIFFTagSet.TAG_PREDICTOR);
      tags.addTIFFField(new TIFFField(tag, BaselineTIFFTagSet.PREDICTOR_HORIZONTAL_DIFFERENCING));
    }
    ImageMetadata metadata = header.metadata();
    byte[] icc = metadata.icc();
    if (icc != null) {
      TIFFTag tag = set.getTag(BaselineTIFFTagSet.TAG_ICC_PROFILE);
      tags.addTIFFField(new TIFFField(tag, TIFFTag.TIFF_UNDEFINED, icc.length, icc));
    }
    byte[] xmp = metadata.xmp();
    if (xmp != null) {
      TIFFTag tag = new TIFFTag("XMP", TIFF.TAG_XMP, 1 << TIFFTag.TIFF_BYTE);
      tags.addTIFFField(new TIFFField(tag, TIFFTag.TIFF_BYTE, xmp.length, xmp));
    }
    if (metadata.dpi().isPresent()) {
      tags.addTIFFField(resolution(BaselineTIFFTagSet.TAG_X_RESOLUTION, metadata.dpi()));
      tags.addTIFFField(resolution(BaselineTIFFTagSet.TAG_Y_RESOLUTION, metadata.verticalDpi()));
      TIFFTag unit = set.getTag(BaselineTIFFTagSet.TAG_RESOLUTION_UNIT);
      tags.addTIFFField(new TIFFField(unit, BaselineTIFFTagSet.RESOLUTION_UNIT_INCH));
    }
  }

  private static TIFFField resolution(int tag, OptionalDouble dpi) {
    long[][] hundredths = {{Math.round(dpi.getAsDouble() * 100), 100}};
    return new TIFFField(
        BaselineTIFFTagSet.getInstance().getTag(tag), TIFFTag.TIFF_RATIONAL, 1, hundredths);
  }
}
