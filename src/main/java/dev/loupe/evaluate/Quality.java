package dev.loupe.evaluate;

import dev.loupe.image.Image;
import dev.loupe.image.Metrics;
import java.util.Collection;

/**
 * How close a picture comes to the true one, by the measures of super-resolution.
 *
 * @param psnrY PSNR on Y in dB, infinite where the pictures agree
 * @param ssimY SSIM on Y, at most 1
 * @param psnrRgb PSNR on RGB in dB
 */
public record Quality(double psnrY, double ssimY, double psnrRgb) {
  /**
   * Compares two pictures, leaving out {@code border} pixels on each side.
   *
   * @throws IllegalArgumentException if the sizes differ or too little is left
   */
  public static Quality of(Image picture, Image truth, int border) {
    return new Quality(
        Metrics.psnr(picture, truth, border),
        Metrics.ssim(picture, truth, border),
        Metrics.psnrRgb(picture, truth, border));
  }

  /** The mean of each measure; NaN of none. */
  public static Quality mean(Collection<Quality> all) {
    return new Quality(
        all.stream().mapToDouble(Quality::psnrY).average().orElse(Double.NaN),
        all.stream().mapToDouble(Quality::ssimY).average().orElse(Double.NaN),
        all.stream().mapToDouble(Quality::psnrRgb).average().orElse(Double.NaN));
  }
}
