package dev.loupe.timing;

import dev.loupe.weights.Variant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What variants of one picture take of variant full's time, by the fastest runs. The paper's D-Net
 * also runs Base-Net's upsampler (docs/networks.md section 10), which full leaves out as nobody
 * sees its picture; shares of both are told, since the paper's ratios of multiply-adds are to
 * D-Net's.
 */
public final class FullShare {
  private static final String BASE_STAGE = "base";

  private final Optional<FrameTiming> full;
  private final Optional<FrameTiming> base;

  private FullShare(Optional<FrameTiming> full, Optional<FrameTiming> base) {
    this.full = full;
    this.base = base;
  }

  /** Shares of what {@code timings} hold as full and base; none where these are missing. */
  public static FullShare among(List<FrameTiming> timings) {
    return new FullShare(find(timings, Variant.FULL), find(timings, Variant.BASE));
  }

  private static Optional<FrameTiming> find(List<FrameTiming> timings, Variant variant) {
    return timings.stream().filter(timing -> timing.variant() == variant).findFirst();
  }

  /** The time of {@code row} over full's. */
  public OptionalDouble ofFull(FrameTiming row) {
    return full.isPresent()
        ? OptionalDouble.of(row.minMs() / full.get().minMs())
        : OptionalDouble.empty();
  }

  /** The time of {@code row} over that of full and Base-Net's upsampler. */
  public OptionalDouble ofPapers(FrameTiming row) {
    if (full.isEmpty() || base.isEmpty()) {
      return OptionalDouble.empty();
    }
    double upsampler = base.get().stageMs(BASE_STAGE) - full.get().stageMs(BASE_STAGE);
    return OptionalDouble.of(row.minMs() / (full.get().minMs() + upsampler));
  }

  /** Adds the shares that there are to {@code json} of {@code row}. */
  public Map<String, Object> addTo(Map<String, Object> json, FrameTiming row) {
    ofFull(row).ifPresent(share -> json.put("of_full", Figures.rounded(share)));
    ofPapers(row).ifPresent(share -> json.put("of_d", Figures.rounded(share)));
    return json;
  }
}
