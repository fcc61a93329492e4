package dev.loupe.tensor;

/** The distance of results from what was expected: the largest difference over their range. */
public final class RelativeError {
  private RelativeError() {}

  /**
   * The largest |actual - expected| over (largest - smallest expected), or over 1 where all
   * expected values are the same; infinite where a value is NaN.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  public static double of(float[] expected, float[] actual) {
    if (expected.length != actual.length) {
      throw new IllegalArgumentException(
          "%d values cannot be compared with %d".formatted(actual.length, expected.length));
    }
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      low = Math.min(low, expected[i]);
      high = Math.max(high, expected[i]);
      double error = Math.abs((double) actual[i] - expected[i]);
      worst = error <= worst ? worst : Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }
    return high > low && worst < Double.POSITIVE_INFINITY ? worst / (high - low) : worst;
  }
}
