package dev.loupe.train;

import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.Variant;
import java.util.Collection;
import java.util.List;

/**
 * One phase of a recipe.
 *
 * @param variant what is computed: base (coarse picture alone), full (Refine-Net on the whole
 *     feature), all (Refine-Net on patches) or mask (the mask prediction against the luma that
 *     Refine-Net changes)
 * @param parts which parts learn: of base, refine, mp, or a piece of one such as {@code base.last}
 * @param iterations how many, at least 1
 * @param rate learning rate
 * @param loss what it makes small
 * @param copies parts that it begins with as copies of others
 * @param colouring what becomes of the colours of its crops
 */
public record Phase(
    Variant variant,
    List<String> parts,
    int iterations,
    LearningRate rate,
    PhaseLoss loss,
    PartCopies copies,
    Colouring colouring) {
  private static final List<String> PARTS = List.of("base", "refine", "mp");

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming what is out of range
   */
  public Phase {
    parts = List.copyOf(parts);
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "a phase of %d iterations trains nothing; give at least 1".formatted(iterations));
    }
    if (parts.isEmpty() || !parts.stream().allMatch(Phase::isPart)) {
      throw new IllegalArgumentException(
          "a phase trains parts %s, expected some of %s, or pieces such as base.last"
              .formatted(parts, PARTS));
    }
    rate.requireReached(iterations);
    loss.requireTermsOf(variant);
  }

  private static boolean isPart(String name) {
    return PARTS.stream().anyMatch(part -> name.equals(part) || name.startsWith(part + "."));
  }

  /** Whether the parameter of this name learns. */
  public boolean trains(String parameter) {
    return parts.stream().anyMatch(part -> parameter.startsWith(part + "."));
  }

  /**
   * Checks that each part is there.
   *
   * @throws IllegalArgumentException naming a part that none of {@code tensors} belongs to
   */
  void requireParts(Collection<NamedTensor> tensors) {
    for (String part : parts) {
      if (tensors.stream().noneMatch(tensor -> tensor.name().startsWith(part + "."))) {
        throw new IllegalArgumentException(
            "a phase trains part '%s', which the network has not; its tensors are named like %s"
                .formatted(part, tensors.iterator().next().name()));
      }
    }
  }
}
