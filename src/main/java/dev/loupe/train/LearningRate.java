package dev.loupe.train;

import dev.loupe.tensor.Blocks;

/**
 * The learning rate over a phase: a linear warm-up from a tenth, then half a cosine to the floor,
 * all of it again in every period (docs/networks.md section 8).
 *
 * @param peak after the warm-up
 * @param warmup iterations of it in each period
 * @param periods how often it starts over, at least 1
 * @param floor at the end of a period
 */
public record LearningRate(double peak, int warmup, int periods, double floor) {
  private static final double FIRST = 0.1;

  /** The paper's floor. */
  public static final double FLOOR = 1e-7;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming what is out of range
   */
  public LearningRate {
    boolean areRates = peak > 0 && floor >= 0 && Double.isFinite(peak) && Double.isFinite(floor);
    if (!areRates || warmup < 0 || periods < 1) {
      throw new IllegalArgumentException(
          "learning rate %s, warm-up %d, periods %d, floor %s: rates must be finite, the first above 0, the others at least 0, periods at least 1"
              .formatted(peak, warmup, periods, floor));
    }
  }

  /**
   * Checks that the warm-up ends within each period.
   *
   * @throws IllegalArgumentException if the rate is never reached in {@code iterations}
   */
  void requireReached(int iterations) {
    if (warmup >= period(iterations)) {
      throw new IllegalArgumentException(
          "'warmup' is %d, but must be less than the 'iterations' of each period, %d"
              .formatted(warmup, period(iterations)));
    }
  }

  private int period(int iterations) {
    return Blocks.count(iterations, periods);
  }

  /** The rate of iteration {@code t}, counted from 0, of {@code iterations}. */
  public double at(int t, int iterations) {
    int length = period(iterations);
    int since = t % length;
    if (since == 0 && t > 0) {
      return floor; // the released scheduler returns the floor once at a restart
    }
    double share =
        since < warmup
            ? FIRST + (1 - FIRST) * since / warmup
            : (1 + Math.cos(Math.PI * (since - warmup) / Math.max(1, length - warmup))) / 2;
    return floor + (peak - floor) * share;
  }
}
