package dev.loupe.guided;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The time that each stage of a frame took, in the order the stages ran; in nanoseconds. Frame
 * after frame it allocates nothing.
 */
public final class StageTimes {
  private String[] stages = new String[8];
  private long[] nanos = new long[8];
  private int count;

  /** Adds to a stage. */
  public void add(String stage, long time) {
    int i = 0;
    while (i < count && !stages[i].equals(stage)) {
      i++;
    }
    if (i == count) {
      begin(stage);
    }
    nanos[i] += time;
  }

  private void begin(String stage) {
    if (count == stages.length) {
      stages = Arrays.copyOf(stages, 2 * count);
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    stages[count] = stage;
    nanos[count++] = 0;
  }

  /** Forgets every time. */
  public void clear() {
    count = 0;
  }

  /** Stage to nanoseconds, in the order first seen. */
  public Map<String, Long> nanos() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      all.put(stages[i], nanos[i]);
    }
    return Collections.unmodifiableMap(all);
  }
}
