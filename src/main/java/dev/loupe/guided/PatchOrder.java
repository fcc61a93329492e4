package dev.loupe.guided;

import java.util.Locale;

/**
 * Which patches variant mask refines (paper Table 7). The scheme is {@link #LARGEST}; the others
 * are what it is compared with.
 */
public enum PatchOrder {
  /** Those with the largest predicted error. */
  LARGEST,
  /** Any, drawn once a frame size from a fixed seed. */
  RANDOM,
  /** Those with the smallest predicted error. */
  SMALLEST;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
