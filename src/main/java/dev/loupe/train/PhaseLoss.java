package dev.loupe.train;

import dev.loupe.tensor.Norm;
import dev.loupe.weights.Variant;

/**
 * What a phase makes small: a weighted sum of mean errors. A weight of 0 leaves its term out.
 *
 * @param norm what an error counts
 * @param coarse weight of the coarse picture's error
 * @param refined weight of the refined picture's error
 * @param mask weight of the mask's error, which refined patches are needed for
 */
public record PhaseLoss(Norm norm, float coarse, float refined, float mask) {
  /**
   * Checks the weights.
   *
   * @throws IllegalArgumentException if one is below 0 or not finite
   */
  public PhaseLoss {
    if (!isWeight(coarse) || !isWeight(refined) || !isWeight(mask)) {
      throw new IllegalArgumentException(
          "loss weights coarse %s, refined %s and mask %s must be finite and at least 0"
              .formatted(coarse, refined, mask));
    }
  }

  private static boolean isWeight(float weight) {
    return weight >= 0 && Float.isFinite(weight);
  }

  /** Refuses a term that is not computed by {@code variant}. */
  void requireTermsOf(Variant variant) {
    boolean refines = variant != Variant.BASE;
    boolean masks = variant == Variant.MASK;
    if ((refined > 0 && !refines) || (mask > 0 && !masks)) {
      throw new IllegalArgumentException(
          "a phase of variant %s has no loss of refined %s or mask %s; take another variant"
              .formatted(variant, refined, mask));
    }
  }
}
