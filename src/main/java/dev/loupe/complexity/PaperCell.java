package dev.loupe.complexity;

import java.util.Locale;
import java.util.Optional;

/**
 * A figure of the paper beside ours.
 *
 * @param testSet the column
 * @param computed 10^9 multiply-adds, by the paper's convention
 * @param withOwnMask the same with the mask prediction that Loupe runs; equal for other variants
 * @param printed the text in the paper; empty where it is illegible or not given
 */
public record PaperCell(
    TestSet testSet, double computed, double withOwnMask, Optional<String> printed) {
  /** Half a unit in the last of the two printed decimals, and what a double sum may be off by. */
  private static final double TOLERANCE = 0.005 + 1e-6;

  /** Whether the computed figure, rounded to the printed digits, is the printed one. */
  public boolean matches() {
    return printed
        .map(text -> Math.abs(computed - Double.parseDouble(text)) <= TOLERANCE)
        .orElse(true);
  }

  /** The computed figure with the printed one's digits. */
  public String computedText() {
    return String.format(Locale.ROOT, "%.2f", computed);
  }
}
