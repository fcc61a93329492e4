package dev.loupe.guided;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The time that each stage of a frame took, in the order the stages ran; in nanoseconds. */
public final class StageTimes {
  private final Map<String, Long> nanos = new LinkedHashMap<>();

  /** Adds to a stage. */
  public void add(String stage, long time) {
    nanos.merge(stage, time, Long::sum);
  }

  /** Forgets every time. */
  public void clear() {
    nanos.clear();
  }

  /** Stage to nanoseconds, in the order first seen. */
  public Map<String, Long> nanos() {
    return Collections.unmodifiableMap(nanos);
  }
}
