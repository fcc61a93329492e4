package dev.loupe.weights;

import java.util.Arrays;
import java.util.Locale;

/** How much of the scheme runs (paper section 4, Table 1). */
public enum Variant {
  /** Base-Net alone, -B. */
  BASE,
  /** Refine-Net on the whole feature, -D. */
  FULL,
  /** Refine-Net on every patch, -A. */
  ALL,
  /** Refine-Net on the K patches that the mask finds worst, -M. */
  MASK;

  /**
   * The variant named {@code text}.
   *
   * @throws IllegalArgumentException naming the text and the four variants
   */
  public static Variant of(String text) {
    return Arrays.stream(values())
        .filter(variant -> variant.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "variant '%s' is not one of base, full, all, mask".formatted(text)));
  }

  /** Whether Refine-Net runs on patches. */
  public boolean hasPatches() {
    return this == ALL || this == MASK;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
