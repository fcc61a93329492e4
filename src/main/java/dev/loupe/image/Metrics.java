package dev.loupe.image;

/**
 * The measures of super-resolution: PSNR on Y, PSNR on RGB and SSIM on Y, exactly as the papers'
 * code computes them.
 *
 * <p>Both pictures are first brought to 8 bits. Y = 16 + (65.481 R + 128.553 G + 24.966 B) / 255 of
 * samples 0..255, not rounded (ITU-R BT.601). A border is left out on each side, usually as wide as
 * the scale. Alpha is not looked at.
 */
public final class Metrics {
  private static final double PEAK = 255;
  private static final int WINDOW = 11;
  private static final double SIGMA = 1.5;
  private static final double C1 = (0.01 * PEAK) * (0.01 * PEAK);
  private static final double C2 = (0.03 * PEAK) * (0.03 * PEAK);
  private static final double[] GAUSSIAN = gaussian();

  private Metrics() {}

  /**
   * Peak signal-to-noise ratio on Y in dB; infinite where the pictures agree.
   *
   * @throws IllegalArgumentException if the sizes differ or the border leaves nothing
   */
  public static double psnr(Image a, Image b, int border) {
    checkPair(a, b, border, 1);
    return decibels(meanSquare(luma(a, border), luma(b, border)));
  }

  /**
   * Peak signal-to-noise ratio over the samples of red, green and blue in dB, the error being
   * averaged before the logarithm; infinite where the pictures agree.
   *
   * @throws IllegalArgumentException if the sizes differ or the border leaves nothing
   */
  public static double psnrRgb(Image a, Image b, int border) {
    checkPair(a, b, border, 1);
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      sum += meanSquare(colour(a, border, c), colour(b, border, c));
    }
    return decibels(sum / 3);
  }

  /**
   * Structural similarity on Y (Wang et al. 2004), at most 1: an 11x11 Gaussian window of sigma
   * 1.5, averaged over the places where it fits.
   *
   * @throws IllegalArgumentException if the sizes differ or the border leaves less than 11x11
   */
  public static double ssim(Image a, Image b, int border) {
    checkPair(a, b, border, WINDOW);
    int w = a.width() - 2 * border;
    int h = a.height() - 2 * border;
    double[] x = luma(a, border);
    double[] y = luma(b, border);
    double[] meanX = blur(x, w, h);
    double[] meanY = blur(y, w, h);
    double[] xx = blur(product(x, x), w, h);
    double[] yy = blur(product(y, y), w, h);
    double[] xy = blur(product(x, y), w, h);
    double sum = 0;
    for (int i = 0; i < meanX.length; i++) {
      double mx = meanX[i];
      double my = meanY[i];
      double varianceX = xx[i] - mx * mx;
      double varianceY = yy[i] - my * my;
      double covariance = xy[i] - mx * my;
      sum +=
          ((2 * mx * my + C1) * (2 * covariance + C2))
              / ((mx * mx + my * my + C1) * (varianceX + varianceY + C2));
    }
    return sum / meanX.length;
  }

  private static void checkPair(Image a, Image b, int border, int least) {
    if (a.width() != b.width() || a.height() != b.height()) {
      throw new IllegalArgumentException(
          "cannot compare %dx%d with %dx%d; make the sizes equal"
              .formatted(a.width(), a.height(), b.width(), b.height()));
    }
    if (border < 0 || Math.min(a.width(), a.height()) - 2L * border < least) {
      throw new IllegalArgumentException(
          "border of %d leaves less than %d pixels of %dx%d; use a larger picture"
              .formatted(border, least, a.width(), a.height()));
    }
  }

  private static double[] luma(Image image, int border) {
    double[] red = colour(image, border, 0);
    double[] green = colour(image, border, 1);
    double[] blue = colour(image, border, 2);
    for (int i = 0; i < red.length; i++) {
      red[i] = 16 + (65.481 * red[i] + 128.553 * green[i] + 24.966 * blue[i]) / 255;
    }
    return red;
  }

  /** A colour plane in 0..255 without the border; gray stands for all three. */
  private static double[] colour(Image image, int border, int channel) {
    Image eight = image.withBitDepth(8);
    int from = image.isGray() ? 0 : channel;
    int w = image.width() - 2 * border;
    int h = image.height() - 2 * border;
    double[] plane = new double[Math.multiplyExact(w, h)];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        plane[y * w + x] = eight.get(x + border, y + border, from);
      }
    }
    return plane;
  }

  private static double meanSquare(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum / a.length;
  }

  private static double decibels(double meanSquare) {
    return 10 * Math.log10(PEAK * PEAK / meanSquare);
  }

  private static double[] product(double[] a, double[] b) {
    double[] out = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] = a[i] * b[i];
    }
    return out;
  }

  /** (h, w) to (h - 10, w - 10): the Gaussian window wherever it fits, rows first. */
  private static double[] blur(double[] plane, int w, int h) {
    int outW = w - WINDOW + 1;
    int outH = h - WINDOW + 1;
    double[] rows = new double[outW * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < outW; x++) {
        double sum = 0;
        for (int t = 0; t < WINDOW; t++) {
          sum += GAUSSIAN[t] * plane[y * w + x + t];
        }
        rows[y * outW + x] = sum;
      }
    }
    double[] out = new double[outW * outH];
    for (int y = 0; y < outH; y++) {
      for (int t = 0; t < WINDOW; t++) {
        for (int x = 0; x < outW; x++) {
          out[y * outW + x] += GAUSSIAN[t] * rows[(y + t) * outW + x];
        }
      }
    }
    return out;
  }

  private static double[] gaussian() {
    double[] weights = new double[WINDOW];
    double sum = 0;
    for (int i = 0; i < WINDOW; i++) {
      double distance = i - WINDOW / 2;
      weights[i] = Math.exp(-distance * distance / (2 * SIGMA * SIGMA));
      sum += weights[i];
    }
    for (int i = 0; i < WINDOW; i++) {
      weights[i] /= sum;
    }
    return weights;
  }
}
