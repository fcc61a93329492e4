package dev.loupe.image;

import com.twelvemonkeys.imageio.metadata.CompoundDirectory;
import com.twelvemonkeys.imageio.metadata.Directory;
import com.twelvemonkeys.imageio.metadata.Entry;
import com.twelvemonkeys.imageio.metadata.tiff.TIFF;
import com.twelvemonkeys.imageio.metadata.tiff.TIFFReader;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.ComponentSampleModel;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageReader;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.ImageInputStream;

/**
 * The TIFF decoder: mostly the JDK's one, with profile, XMP, resolution and orientation from the
 * tags.
 */
final class TiffReader {
  /** Of a tag in a page's directory. */
  private static final int ENTRY_BYTES = 12;

  /** Bits of samples that the JDK's decoder inverts rightly. */
  private static final Set<Integer> WHOLE_BITS = Set.of(1, 2, 4, 8, 16);

  private TiffReader() {}

  /** The first page of a file. */
  static Image read(Path file) throws IOException {
    try (ImageInputStream in = PlugIn.open(file)) {
      return PlugIn.with("tiff", in, reader -> readPage(reader, in));
    }
  }

  /** How many pages a file has, 1 if that is damaged; their chain may lead in a circle. */
  static int count(Path file) {
    Set<Long> pages = new HashSet<>();
    try (ImageInputStream in = PlugIn.open(file)) {
      in.setByteOrder(in.read() == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      in.seek(Integer.BYTES);
      long page = in.readUnsignedInt();
      while (page != 0 && pages.add(page)) {
        in.seek(page);
        in.seek(page + Short.BYTES + (long) ENTRY_BYTES * in.readUnsignedShort());
        page = in.readUnsignedInt();
      }
    } catch (IOException e) {
      return 1; // damage behind the first page is none of ours
    }
    return Math.max(1, pages.size());
  }

  private static Image readPage(ImageReader reader, ImageInputStream in) throws IOException {
    TIFFDirectory tags = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
    int ink = number(tags, BaselineTIFFTagSet.TAG_PHOTOMETRIC_INTERPRETATION, 1);
    if (ink == BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_CMYK) {
      throw new ImageException("is a CMYK TIFF, which is not read; convert it to RGB");
    }
    int format = number(tags, BaselineTIFFTagSet.TAG_SAMPLE_FORMAT, 1);
    if (format == BaselineTIFFTagSet.SAMPLE_FORMAT_FLOATING_POINT) {
      throw new ImageException("is a TIFF of floating-point samples; convert it to 8 or 16 bit");
    }
    if (format == BaselineTIFFTagSet.SAMPLE_FORMAT_SIGNED_INTEGER) {
      throw new ImageException("is a TIFF of signed samples; convert it to unsigned 8 or 16 bit");
    }
    requireSamples(tags, ink);
    Image stored = Image.of(isDifferences16(tags) ? readAgain(in) : widened(reader.read(0)));
    ImageMetadata metadata =
        ImageMetadata.NONE
            .withIcc(bytes(in, TIFF.TAG_ICC_PROFILE))
            .withXmp(bytes(in, TIFF.TAG_XMP))
            .withDpi(
                dpi(tags, BaselineTIFFTagSet.TAG_X_RESOLUTION),
                dpi(tags, BaselineTIFFTagSet.TAG_Y_RESOLUTION));
    int orientation = number(tags, BaselineTIFFTagSet.TAG_ORIENTATION, 1);
    return Orientation.upright(
        stored.withMetadata(metadata), orientation >= 1 && orientation <= 8 ? orientation : 1);
  }

  /** What the JDK's decoder would take for other colours. */
  private static void requireSamples(TIFFDirectory tags, int ink) {
    int samples = number(tags, BaselineTIFFTagSet.TAG_SAMPLES_PER_PIXEL, 1);
    if (samples > mostSamples(ink)) {
      throw new ImageException(
          "is a TIFF of %d samples a pixel, more than are read of its kind; convert it to PNG"
              .formatted(samples));
    }
    int bits = number(tags, BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE, 1);
    int layout = number(tags, BaselineTIFFTagSet.TAG_PLANAR_CONFIGURATION, 1);
    boolean isPlanar = layout == BaselineTIFFTagSet.PLANAR_CONFIGURATION_PLANAR && samples > 1;
    boolean isWhiteZero = ink == BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_WHITE_IS_ZERO;
    if ((isPlanar && bits < 4) || (isWhiteZero && !WHOLE_BITS.contains(bits))) {
      throw new ImageException(
          "is a TIFF of %d bits a sample, which are not read of its kind; convert it to PNG"
              .formatted(bits));
    }
  }

  /**
   * Colour and alpha. The JDK's decoder would take the alpha of a palette for a colour, and invert
   * that of inverted gray.
   */
  private static int mostSamples(int ink) {
    return switch (ink) {
      case BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_BLACK_IS_ZERO -> 2;
      case BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_WHITE_IS_ZERO,
          BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_PALETTE_COLOR ->
          1;
      default -> 4;
    };
  }

  /**
   * The JDK's decoder widens samples of 3, 5, 7, 12 bits and the like to whole bytes, and yet calls
   * them as narrow as they were.
   */
  private static BufferedImage widened(BufferedImage read) {
    if (!(read.getSampleModel() instanceof ComponentSampleModel)
        || !(read.getColorModel() instanceof ComponentColorModel told)) {
      return read;
    }
    ColorModel wide =
        new ComponentColorModel(
            told.getColorSpace(),
            told.hasAlpha(),
            told.isAlphaPremultiplied(),
            told.getTransparency(),
            told.getTransferType());
    return new BufferedImage(wide, read.getRaster(), told.isAlphaPremultiplied(), null);
  }

  /** Whether samples of 16 bits are stored as differences, which the JDK's decoder refuses. */
  private static boolean isDifferences16(TIFFDirectory tags) {
    return number(tags, BaselineTIFFTagSet.TAG_PREDICTOR, 1)
            == BaselineTIFFTagSet.PREDICTOR_HORIZONTAL_DIFFERENCING
        && number(tags, BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE, 1) == Short.SIZE;
  }

  private static BufferedImage readAgain(ImageInputStream in) throws IOException {
    in.seek(0);
    return PlugIn.withAdded("tiff", in, reader -> reader.read(0));
  }

  private static double dpi(TIFFDirectory tags, int tag) {
    TIFFField field = tags.getTIFFField(tag);
    int unit =
        number(
            tags, BaselineTIFFTagSet.TAG_RESOLUTION_UNIT, BaselineTIFFTagSet.RESOLUTION_UNIT_INCH);
    if (field == null || unit == BaselineTIFFTagSet.RESOLUTION_UNIT_NONE) {
      return 0;
    }
    double density = field.getAsDouble(0);
    return unit == BaselineTIFFTagSet.RESOLUTION_UNIT_CENTIMETER
        ? density * ImageMetadata.CM_PER_INCH
        : density;
  }

  /**
   * The bytes of a tag of the first page, whether the JDK knows it or not; null where it is missing
   * or unclear.
   */
  private static byte[] bytes(ImageInputStream in, int tag) {
    try {
      in.seek(0);
      Directory pages = new TIFFReader().read(in);
      Directory first = pages instanceof CompoundDirectory all ? all.getDirectory(0) : pages;
      Entry entry = first.getEntryById(tag);
      return entry != null && entry.getValue() instanceof byte[] bytes ? bytes : null;
    } catch (IOException | RuntimeException e) {
      return null; // the pixels, which are read by then, are right without it
    }
  }

  private static int number(TIFFDirectory tags, int tag, int otherwise) {
    TIFFField field = tags.getTIFFField(tag);
    return field == null ? otherwise : field.getAsInt(0);
  }
}
