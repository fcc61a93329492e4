package dev.loupe.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Places for regions of memory, such that two share bytes only when they are never alive together.
 *
 * <p>Greedy by size: the largest region first, each at the lowest offset that nothing alive at the
 * same time covers. That leaves gaps where a region of many spans lies below others; then the
 * longest-lived first, and what comes to lie too high is moved forward in that order, some times:
 * RFDN at 960x540 takes 570 MB instead of 622.
 */
final class ArenaPacking {
  /** A span of bytes that must exist from task {@code first} to task {@code last}. */
  record Span(long offset, long bytes, int first, int last) {
    boolean overlaps(Span other) {
      return first <= other.last && other.first <= last;
    }

    boolean isAlive(int task) {
      return first <= task && task <= last;
    }
  }

  /**
   * What is placed as one: the parts of a concatenation are spans of their own, so that one which
   * is not written yet leaves its bytes to others.
   */
  record Region(int id, long bytes, List<Span> spans) {
    int lifetime() {
      return spans.stream().mapToInt(Span::last).max().orElseThrow()
          - spans.stream().mapToInt(Span::first).min().orElseThrow();
    }

    /** Bytes up to the last one that is alive. */
    long alive(int task) {
      long bytes = 0;
      for (Span span : spans) {
        if (span.isAlive(task)) {
          bytes = Math.max(bytes, MemoryPlan.aligned(span.offset() + span.bytes()));
        }
      }
      return bytes;
    }
  }

  private record Placed(Region region, MemoryPlan.Place place) {
    long end() {
      return place.byteOffset() + region.bytes();
    }
  }

  /** The offsets between the two are taken. */
  private record Taken(long above, long below) {}

  /** Restarts, as a round may end where no single move helps. */
  private static final int ROUNDS = 8;

  private static final int TRIES = 40;

  /** More regions, as of training, would take seconds. */
  private static final int MOST_REGIONS = 300;

  private final long limit;
  private final List<Placed> placed = new ArrayList<>();
  private final List<Long> arenas = new ArrayList<>();

  /** Places {@code regions} in this order. */
  private ArenaPacking(List<Region> regions, long limit) {
    this.limit = limit;
    regions.forEach(region -> placed.add(new Placed(region, firstFit(region))));
  }

  /**
   * Places {@code regions}.
   *
   * @param limit bytes that one arena may have
   * @throws TensorTooLargeException if a single region is larger than that
   */
  static ArenaPacking of(List<Region> regions, long limit) {
    long least = leastBytes(regions);
    long enough = least + least / 256;
    ArenaPacking best =
        new ArenaPacking(sorted(regions, Comparator.comparingLong(Region::bytes)), limit);
    if (best.arenas.size() > 1 || regions.size() > MOST_REGIONS) {
      return best;
    }
    List<Region> lasting = sorted(regions, Comparator.comparingInt(Region::lifetime));
    Random random = new Random(regions.size());
    for (int i = 0; i < ROUNDS && best.bytes() > enough; i++) {
      ArenaPacking other = improved(new ArenaPacking(lasting, limit), enough, random);
      best = other.bytes() < best.bytes() ? other : best;
    }
    return best;
  }

  private static List<Region> sorted(List<Region> regions, Comparator<Region> least) {
    return regions.stream().sorted(least.reversed()).toList();
  }

  /** Regions that have come to lie too high have their turn earlier. */
  private static ArenaPacking improved(ArenaPacking first, long enough, Random random) {
    ArenaPacking best = first;
    for (int i = 0; i < TRIES && best.excess(enough) > 0; i++) {
      List<Region> order = new ArrayList<>(best.placed.stream().map(Placed::region).toList());
      List<Placed> high = best.above(enough);
      int late = order.indexOf(high.get(random.nextInt(high.size())).region());
      order.add(random.nextInt(late + 1), order.remove(late));
      ArenaPacking other = new ArenaPacking(order, best.limit);
      best = other.excess(enough) <= best.excess(enough) ? other : best;
    }
    return best;
  }

  private List<Placed> above(long bytes) {
    return placed.stream().filter(p -> p.end() > bytes).toList();
  }

  private long excess(long bytes) {
    return above(bytes).stream().mapToLong(p -> p.end() - bytes).sum();
  }

  /** What is alive at the worst moment. */
  private static long leastBytes(List<Region> regions) {
    return regions.stream()
        .flatMap(region -> region.spans().stream())
        .mapToInt(Span::first)
        .distinct()
        .mapToLong(task -> regions.stream().mapToLong(region -> region.alive(task)).sum())
        .max()
        .orElse(0);
  }

  /** Bytes of each arena. */
  List<Long> arenas() {
    return Collections.unmodifiableList(arenas);
  }

  private long bytes() {
    return arenas.stream().mapToLong(Long::longValue).sum();
  }

  /** Where each region lies, by its id. */
  Map<Integer, MemoryPlan.Place> places() {
    Map<Integer, MemoryPlan.Place> places = new HashMap<>();
    placed.forEach(p -> places.put(p.region().id(), p.place()));
    return places;
  }

  private MemoryPlan.Place firstFit(Region region) {
    if (region.bytes() > limit) {
      throw new TensorTooLargeException(region.bytes(), limit);
    }
    for (int arena = 0; ; arena++) {
      if (arena == arenas.size()) {
        arenas.add(0L);
      }
      long offset = lowestOffset(region, arena);
      if (offset + region.bytes() <= limit) {
        arenas.set(arena, Math.max(arenas.get(arena), offset + region.bytes()));
        return new MemoryPlan.Place(arena, offset);
      }
    }
  }

  private long lowestOffset(Region region, int arena) {
    List<Taken> all = new ArrayList<>();
    for (Placed rival : placed) {
      if (rival.place().arena() == arena) {
        addTaken(region, rival, all);
      }
    }
    all.sort(Comparator.comparingLong(Taken::above));
    long offset = 0;
    for (Taken taken : all) {
      if (offset <= taken.above()) {
        break;
      }
      offset = Math.max(offset, MemoryPlan.aligned(taken.below()));
    }
    return offset;
  }

  /** The offsets of {@code region} at which a span of it would meet one of {@code rival}. */
  private static void addTaken(Region region, Placed rival, List<Taken> all) {
    long start = rival.place().byteOffset();
    for (Span own : region.spans()) {
      for (Span other : rival.region().spans()) {
        if (own.overlaps(other)) {
          long above = start + other.offset() - own.offset() - own.bytes();
          all.add(new Taken(above, above + own.bytes() + other.bytes()));
        }
      }
    }
  }
}
