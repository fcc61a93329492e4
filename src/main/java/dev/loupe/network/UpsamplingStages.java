package dev.loupe.network;

import java.util.List;

/** The factors that an upsampler of pixel shuffles multiplies up to its scale. */
final class UpsamplingStages {
  private UpsamplingStages() {}

  /** 2 and 3 in one stage, 4 in two stages of 2. */
  static List<Integer> of(int scale) {
    return scale == 4 ? List.of(2, 2) : List.of(scale);
  }
}
