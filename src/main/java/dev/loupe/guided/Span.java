package dev.loupe.guided;

import dev.loupe.tensor.Blocks;
import java.util.ArrayList;
import java.util.List;

/**
 * A tile's place along one side of the frame, in rows or columns of the input.
 *
 * @param first its first row or column
 * @param end the one after its last
 * @param from the first whose result is kept; those before it are there for the sake of others
 * @param to the one after the last whose result is kept
 */
record Span(int first, int end, int from, int to) {
  /**
   * The spans of {@code size} that cover a side, each with its halo where it has one.
   *
   * @param step what spans, and what is kept of them, begin at multiples of
   */
  static List<Span> cover(int side, int size, int halo, int step) {
    List<Span> spans = new ArrayList<>();
    int last = Math.max(0, Blocks.roundUp(side - size, step));
    for (int done = 0; done < side; ) {
      int first = Math.min(last, Math.max(0, done - halo));
      int end = Math.min(side, first + size);
      int to = end == side ? side : (end - halo) / step * step;
      spans.add(new Span(first, end, done, to));
      done = to;
    }
    return spans;
  }

  int length() {
    return end - first;
  }

  /** How many are kept. */
  int kept() {
    return to - from;
  }

  /** Those before the ones that are kept. */
  int skipped() {
    return from - first;
  }
}
