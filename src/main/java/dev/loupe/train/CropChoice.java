package dev.loupe.train;

import java.util.List;

/**
 * Which crops are drawn.
 *
 * @param candidates crops drawn for each that is taken, the one with the most detail
 * @param sizes each picture serves at: 1 as it is, 0.5 half as wide and high, as far as a crop fits
 */
public record CropChoice(int candidates, List<Double> sizes) {
  /**
   * Copies the sizes.
   *
   * @throws IllegalArgumentException if no candidate is drawn, or a size is out of range
   */
  public CropChoice {
    sizes = List.copyOf(sizes);
    if (candidates < 1) {
      throw new IllegalArgumentException(
          "candidates is %d, but a crop is chosen of at least 1".formatted(candidates));
    }
    for (double size : sizes) {
      if (!(size > 0 && size <= 1)) {
        throw new IllegalArgumentException(
            "sizes has %s, but a picture serves at more than 0 and at most 1".formatted(size));
      }
    }
  }
}
