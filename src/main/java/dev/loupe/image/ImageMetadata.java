package dev.loupe.image;

import java.util.OptionalDouble;

/**
 * What a picture file says about its pixels: ICC profile, EXIF, XMP and resolution.
 *
 * <p>Immutable. EXIF is the TIFF structure alone ("II*" or "MM*" first), without JPEG's "Exif"
 * prefix, XMP is the packet alone; the orientation in both is always 1, since reading turns the
 * pixels.
 */
public final class ImageMetadata {
  /** Nothing known. */
  public static final ImageMetadata NONE = new ImageMetadata(null, null, null, 0);

  /** No picture has as many; TIFF, where they are written as hundredths, holds 42 million. */
  private static final double HIGHEST_DPI = 1e6;

  private final byte[] icc;
  private final byte[] exif;
  private final byte[] xmp;
  private final double dpi;

  private ImageMetadata(byte[] icc, byte[] exif, byte[] xmp, double dpi) {
    this.icc = icc;
    this.exif = exif;
    this.xmp = xmp;
    this.dpi = dpi;
  }

  /** The ICC profile, or null if the file had none. */
  public byte[] icc() {
    return icc == null ? null : icc.clone();
  }

  /** The EXIF block, a TIFF structure with orientation 1, or null if the file had none. */
  public byte[] exif() {
    return exif == null ? null : exif.clone();
  }

  /** The XMP packet with orientation 1, or null if the file had none. */
  public byte[] xmp() {
    return xmp == null ? null : xmp.clone();
  }

  /** Pixels per inch, empty if the file did not say. */
  public OptionalDouble dpi() {
    return dpi > 0 ? OptionalDouble.of(dpi) : OptionalDouble.empty();
  }

  /** The same with another ICC profile; null removes it. */
  public ImageMetadata withIcc(byte[] profile) {
    return new ImageMetadata(profile == null ? null : profile.clone(), exif, xmp, dpi);
  }

  /** The same with another EXIF block, whose orientation is set to 1; null removes it. */
  public ImageMetadata withExif(byte[] block) {
    return new ImageMetadata(icc, block == null ? null : Exif.upright(block), xmp, dpi);
  }

  /**
   * The same with another XMP packet, whose orientation is set to 1 and which no longer refers to
   * an extension elsewhere; null removes it.
   */
  public ImageMetadata withXmp(byte[] packet) {
    return new ImageMetadata(icc, exif, packet == null ? null : Xmp.upright(packet), dpi);
  }

  /**
   * The same with another resolution in pixels per inch; 0, and what no picture has (below 0, a
   * million or more, no number), means unknown.
   */
  public ImageMetadata withDpi(double pixelsPerInch) {
    boolean isReal = pixelsPerInch > 0 && pixelsPerInch < HIGHEST_DPI;
    return new ImageMetadata(icc, exif, xmp, isReal ? pixelsPerInch : 0);
  }
}
