package dev.loupe.opencl;

import java.util.Arrays;
import java.util.List;

/**
 * The work-items of a launch, in 1 to 3 dimensions, and how they are grouped.
 *
 * @param global work-items along each dimension
 * @param local work-items of a group along each dimension; empty where the driver chooses
 */
public record NdRange(List<Long> global, List<Long> local) {
  /**
   * Checks the shape alone; what the device allows is checked by {@link Launch}.
   *
   * @throws IllegalArgumentException if an extent is below 1 or the dimensions differ
   */
  public NdRange {
    global = List.copyOf(global);
    local = List.copyOf(local);
    if (global.isEmpty() || global.size() > 3) {
      throw new IllegalArgumentException(
          "a range has 1 to 3 dimensions, not " + global.size() + " as in " + global);
    }
    if (!local.isEmpty() && local.size() != global.size()) {
      throw new IllegalArgumentException(
          "local %s has not the dimensions of global %s".formatted(local, global));
    }
    if (global.stream().anyMatch(x -> x < 1) || local.stream().anyMatch(x -> x < 1)) {
      throw new IllegalArgumentException(
          "global %s, local %s has an extent below 1".formatted(global, local));
    }
  }

  /** A range of 1 to 3 dimensions, x first, whose groups the driver chooses. */
  public static NdRange global(long... extents) {
    return new NdRange(Arrays.stream(extents).boxed().toList(), List.of());
  }

  /** The same range in groups of this size. */
  public NdRange local(long... extents) {
    return new NdRange(global, Arrays.stream(extents).boxed().toList());
  }

  /**
   * The largest size of groups, at most {@code most}, that {@code extent} work-items fill whole.
   */
  public static long divisor(long extent, long most) {
    long size = Math.min(extent, most);
    while (extent % size != 0) {
      size--;
    }
    return size;
  }

  long[] globalExtents() {
    return global.stream().mapToLong(Long::longValue).toArray();
  }

  /** Null where the driver chooses. */
  long[] localExtents() {
    return local.isEmpty() ? null : local.stream().mapToLong(Long::longValue).toArray();
  }
}
