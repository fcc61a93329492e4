package dev.loupe.image;

import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;

/**
 * What a picture file says about its pixels: ICC profile or, in a PNG, chunks about its colours,
 * EXIF, XMP and resolution.
 *
 * <p>Immutable. EXIF is the TIFF structure alone ("II*" or "MM*" first), without JPEG's "Exif"
 * prefix, XMP is the packet alone; the orientation in both is always 1, since reading turns the
 * pixels as EXIF says, or a TIFF's own tag (one in XMP alone turns nothing, as in viewers).
 */
public final class ImageMetadata {
  /** Nothing known. */
  public static final ImageMetadata NONE =
      new ImageMetadata(null, PngColours.NONE, null, null, 0, 0);

  static final double CM_PER_INCH = 2.54;
  static final double METRES_PER_INCH = CM_PER_INCH / 100;

  /** No picture has as many; TIFF, where they are written as hundredths, holds 42 million. */
  private static final double HIGHEST_DPI = 1e6;

  private final byte[] icc;
  private final PngColours colours;
  private final byte[] exif;
  private final byte[] xmp;
  private final double dpi;
  private final double verticalDpi;

  private ImageMetadata(
      byte[] icc, PngColours colours, byte[] exif, byte[] xmp, double dpi, double verticalDpi) {
    this.icc = icc;
    this.colours = colours;
    this.exif = exif;
    this.xmp = xmp;
    this.dpi = dpi;
    this.verticalDpi = verticalDpi;
  }

  /** The ICC profile, or null if the file had none. */
  public byte[] icc() {
    return icc == null ? null : icc.clone();
  }

  /** What a PNG said of its colours besides the profile; {@link PngColours#NONE} of other files. */
  public PngColours colours() {
    return colours;
  }

  /** Whether there is an ICC profile of this colour space, such as "RGB " or "GRAY". */
  boolean hasProfileOf(String space) {
    return icc != null
        && icc.length >= 20
        && new String(icc, 16, 4, StandardCharsets.ISO_8859_1).equals(space);
  }

  /** The EXIF block, a TIFF structure with orientation 1, or null if the file had none. */
  public byte[] exif() {
    return exif == null ? null : exif.clone();
  }

  /** The XMP packet with orientation 1, or null if the file had none. */
  public byte[] xmp() {
    return xmp == null ? null : xmp.clone();
  }

  /** Pixels per inch of a row, empty if the file did not say. */
  public OptionalDouble dpi() {
    return dpi > 0 ? OptionalDouble.of(dpi) : OptionalDouble.empty();
  }

  /** Rows per inch, mostly the same as {@link #dpi} (a fax has 98 for 204); empty if that is. */
  public OptionalDouble verticalDpi() {
    return verticalDpi > 0 ? OptionalDouble.of(verticalDpi) : OptionalDouble.empty();
  }

  /** The same with another ICC profile; null removes it. */
  public ImageMetadata withIcc(byte[] profile) {
    return new ImageMetadata(
        profile == null ? null : profile.clone(), colours, exif, xmp, dpi, verticalDpi);
  }

  /** The same with other {@link #colours}. */
  public ImageMetadata withColours(PngColours said) {
    return new ImageMetadata(icc, said, exif, xmp, dpi, verticalDpi);
  }

  /** The same with another EXIF block, whose orientation is set to 1; null removes it. */
  public ImageMetadata withExif(byte[] block) {
    return new ImageMetadata(
        icc, colours, block == null ? null : Exif.upright(block), xmp, dpi, verticalDpi);
  }

  /**
   * The same with another XMP packet, whose orientation is set to 1 and which no longer refers to
   * an extension elsewhere; null removes it.
   */
  public ImageMetadata withXmp(byte[] packet) {
    return new ImageMetadata(
        icc, colours, exif, packet == null ? null : Xmp.upright(packet), dpi, verticalDpi);
  }

  /** The same with another resolution, as {@link #withDpi(double, double)} for both. */
  public ImageMetadata withDpi(double pixelsPerInch) {
    return withDpi(pixelsPerInch, pixelsPerInch);
  }

  /**
   * The same with another resolution in pixels per inch, of a row and of a column; 0, and what no
   * picture has (below 0, a million or more, no number), means unknown, and is taken to be the
   * other.
   */
  public ImageMetadata withDpi(double horizontal, double vertical) {
    double x = isReal(horizontal) ? horizontal : vertical;
    double y = isReal(vertical) ? vertical : horizontal;
    return new ImageMetadata(icc, colours, exif, xmp, isReal(x) ? x : 0, isReal(y) ? y : 0);
  }

  private static boolean isReal(double pixelsPerInch) {
    return pixelsPerInch > 0 && pixelsPerInch < HIGHEST_DPI;
  }

  /** The same for a picture turned by 90 degrees. */
  ImageMetadata turned() {
    return withDpi(verticalDpi, dpi);
  }
}
