package dev.loupe.train;

import java.util.SplittableRandom;

/**
 * The draw of a parameter's first values: the same for a seed and a name, whatever else is drawn.
 */
record SeededDraw(long seed) {
  /** {@code count} values, uniform within {@code bound} of 0. */
  float[] uniform(String name, int count, double bound) {
    SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
    float[] data = new float[count];
    for (int i = 0; i < count; i++) {
      data[i] = (float) (bound * (2 * random.nextDouble() - 1));
    }
    return data;
  }
}
