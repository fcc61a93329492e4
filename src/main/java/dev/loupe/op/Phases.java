package dev.loupe.op;

import dev.loupe.tensor.Blocks;

/**
 * The sub-pixel phases of a transposed convolution along one axis: row {@code scale * y + phase} of
 * its output is made of rows {@code y + first()} to {@code y + last()} of its input.
 *
 * @param filter taps
 * @param scale phases
 * @param padding PyTorch's
 */
record Phases(int filter, int scale, int padding) {
  int first() {
    return -((filter - 1 - padding) / scale);
  }

  int last() {
    return Blocks.count(padding, scale);
  }

  /** Rows that all phases together are made of. */
  int window() {
    return last() - first() + 1;
  }

  /** Rows that a phase's filter reaches beyond its own, on the farther side. */
  int reach() {
    return Math.max(last(), -first());
  }

  /** The filter's tap that an input {@code distance} away gives a phase, or -1. */
  int tap(int distance, int phase) {
    int tap = phase + padding - scale * distance;
    return tap < filter ? Math.max(tap, -1) : -1;
  }
}
