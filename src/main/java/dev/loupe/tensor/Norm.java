package dev.loupe.tensor;

import java.util.Locale;

/** What an error counts in a loss: itself without its sign (l1), or its square (l2). */
public enum Norm {
  L1,
  L2;

  /**
   * The norm of a name such as {@code l1}.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static Norm of(String name) {
    for (Norm norm : values()) {
      if (norm.toString().equals(name)) {
        return norm;
      }
    }
    throw new IllegalArgumentException("loss '%s' is not known; known are l1, l2".formatted(name));
  }

  /** What an error counts. */
  public double of(double error) {
    return this == L1 ? Math.abs(error) : error * error;
  }

  /** The derivative of {@link #of(double)}; 0 where the error is. */
  public double slope(double error) {
    return this == L1 ? Math.signum(error) : 2 * error;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
