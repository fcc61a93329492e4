package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The spans of a side: all of one size, each with its halo, keeping every pixel once. */
class SpanTest {
  @ParameterizedTest
  @CsvSource({"24, 0", "24, 24", "24, 72", "264, 264"})
  void spansCoverASide(int step, int halo) {
    for (int side = 1; side < 700; side++) {
      for (int own = step; own < 700; own += step) {
        int size = Math.min(side, own + 2 * halo + side % step);
        check(side, size, halo, step, Span.cover(side, size, halo, step));
      }
    }
  }

  private static void check(int side, int size, int halo, int step, List<Span> spans) {
    int done = 0;
    for (Span span : spans) {
      assertEquals(done, span.from(), "each begins where the one before ends");
      assertEquals(size, span.length());
      assertEquals(0, span.first() % step);
      assertEquals(0, span.from() % step);
      assertTrue(span.kept() > 0, span::toString);
      assertTrue(span.first() == 0 || span.skipped() >= halo, span::toString);
      assertTrue(span.end() == side || span.end() - span.to() >= halo, span::toString);
      done = span.to();
    }
    assertEquals(side, done);
  }
}
