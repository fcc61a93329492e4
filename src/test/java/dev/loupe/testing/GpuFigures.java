package dev.loupe.testing;

/**
 * What one architecture makes of a kernel.
 *
 * @param local bytes of local memory
 * @param registers of a work-item
 * @param spilled bytes in memory for want of registers
 * @param occupancy share of the warps that a multiprocessor can hold
 * @param share products among the instructions of the innermost loop
 */
record GpuFigures(int local, int registers, int spilled, double occupancy, double share) {
  private static final double LEAST_OCCUPANCY = 0.25;

  boolean isGood() {
    return spilled == 0 && occupancy >= LEAST_OCCUPANCY;
  }

  GpuFigures worst(GpuFigures other) {
    return new GpuFigures(
        Math.max(local, other.local),
        Math.max(registers, other.registers),
        Math.max(spilled, other.spilled),
        Math.min(occupancy, other.occupancy),
        Math.min(share, other.share));
  }

  /** Cells of a table, bold what is not good. */
  String row() {
    String taken = spilled == 0 ? "" + registers : "**%d, spills**".formatted(registers);
    String held =
        (occupancy < LEAST_OCCUPANCY ? "**%.0f %%**" : "%.0f %%").formatted(100 * occupancy);
    return "%s | %s | %.0f %%".formatted(taken, held, 100 * share);
  }
}
