package dev.loupe.timing;

import java.util.Arrays;

/** The figures of reports, in their units and decimals. */
public final class Figures {
  private static final double NANOS_PER_MS = 1e6;

  private Figures() {}

  /** Nanoseconds as milliseconds. */
  public static double millis(long nanos) {
    return nanos / NANOS_PER_MS;
  }

  /** A mean of nanoseconds as milliseconds. */
  public static double millis(double nanos) {
    return nanos / NANOS_PER_MS;
  }

  /** Megabytes of 10^6 bytes, to a tenth. */
  public static double mb(long bytes) {
    return Math.round(bytes / 1e5) / 10.0;
  }

  /** GFLOP/s of work that took {@code ms} milliseconds, 2 for each multiply-add. */
  public static double gflops(long multiplyAdds, double ms) {
    return 2.0 * multiplyAdds / (ms * NANOS_PER_MS);
  }

  /** The value in the middle, or the mean of the two there. */
  public static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** To three decimals. */
  public static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
