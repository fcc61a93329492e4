package dev.loupe.complexity;

import dev.loupe.op.Cost;

/**
 * What one frame costs, part by part.
 *
 * @param base Base-Net
 * @param mask the mask prediction that Loupe runs
 * @param refine Refine-Net, on the whole frame or on its patches
 * @param paperMask the mask prediction that the paper counted, by its convention (docs/networks.md
 *     section 3.3): one channel on the pooled grid
 */
public record FrameCost(Cost base, Cost mask, Cost refine, long paperMask) {
  /** The sum of the parts as Loupe runs them. */
  public Cost total() {
    return base.plus(mask).plus(refine);
  }

  /** The sum as the paper's tables have it, with the paper's own mask prediction. */
  public long printed() {
    return base.paper() + paperMask + refine.paper();
  }

  /** That of {@code runs} frames. */
  public FrameCost times(int runs) {
    return new FrameCost(base.times(runs), mask.times(runs), refine.times(runs), paperMask * runs);
  }
}
