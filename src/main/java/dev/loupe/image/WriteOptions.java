package dev.loupe.image;

import java.util.OptionalInt;

/**
 * The choices in writing a picture file.
 *
 * @param quality 1..100 of lossy compression, for JPEG and WebP; without one JPEG has 95 and WebP
 *     is lossless
 * @param pngLevel deflate level 0..9, for PNG alone
 * @param metadata whether EXIF and XMP go out; profile and resolution do in any case, as they say
 *     how the picture is shown
 */
public record WriteOptions(OptionalInt quality, int pngLevel, boolean metadata) {
  /**
   * Each format's own quality, PNG level 4, metadata kept. (Where matches are searched, level 5
   * takes 1.6 times as long to make upscaled photos 2 % smaller.)
   */
  public static final WriteOptions DEFAULT = new WriteOptions(OptionalInt.empty(), 4, true);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is outside
   */
  public WriteOptions {
    if (quality.isPresent() && (quality.getAsInt() < 1 || quality.getAsInt() > 100)) {
      throw new IllegalArgumentException(
          "quality %d: must be 1 to 100".formatted(quality.getAsInt()));
    }
    if (pngLevel < 0 || pngLevel > 9) {
      throw new IllegalArgumentException("PNG level %d: must be 0 to 9".formatted(pngLevel));
    }
  }

  /** The same with a quality of lossy compression, 1..100. */
  public WriteOptions withQuality(int lossy) {
    return new WriteOptions(OptionalInt.of(lossy), pngLevel, metadata);
  }

  /** The same with another PNG deflate level, 0..9. */
  public WriteOptions withPngLevel(int level) {
    return new WriteOptions(quality, level, metadata);
  }

  /** The same with EXIF and XMP kept or left out. */
  public WriteOptions withMetadata(boolean kept) {
    return new WriteOptions(quality, pngLevel, kept);
  }
}
