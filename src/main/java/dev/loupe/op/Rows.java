package dev.loupe.op;

/**
 * A span of rows.
 *
 * @param first the first row
 * @param end the row after the last, at least {@code first}
 */
public record Rows(int first, int end) {
  /** How many. */
  public int count() {
    return end - first;
  }

  public boolean isEmpty() {
    return end <= first;
  }
}
