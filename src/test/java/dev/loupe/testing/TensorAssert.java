package dev.loupe.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/** The comparison of tensors, whose failure lists the first mismatches with (n, c, y, x). */
public final class TensorAssert {
  private static final int SHOWN = 5;

  private TensorAssert() {}

  /** Fails unless the shapes agree and |actual - expected| <= abs + rel * |expected| everywhere. */
  public static void assertClose(FloatTensor expected, FloatTensor actual, double abs, double rel) {
    assertEquals(expected.shape(), actual.shape(), "shape");
    Shape shape = expected.shape();
    StringBuilder shown = new StringBuilder();
    int mismatches = 0;
    for (int i = 0; i < expected.data().length; i++) {
      double want = expected.data()[i];
      double got = actual.data()[i];
      double tolerance = abs + rel * Math.abs(want);
      // Equal values pass first, since infinities have no difference; NaN never passes.
      if (want == got || Math.abs(got - want) <= tolerance) {
        continue;
      }
      if (++mismatches <= SHOWN) {
        int y = i / shape.w();
        int c = y / shape.h();
        shown.append(
            "%n  (%d, %d, %d, %d): expected %s, got %s, tolerance %.3g"
                .formatted(
                    c / shape.c(),
                    c % shape.c(),
                    y % shape.h(),
                    i % shape.w(),
                    want,
                    got,
                    tolerance));
      }
    }
    if (mismatches > 0) {
      fail("%d of %d elements differ:%s".formatted(mismatches, shape.elements(), shown));
    }
  }

  /** Fails unless the tensors agree to 1e-6 of the expected value and 1e-6 around zero. */
  public static void assertClose(FloatTensor expected, FloatTensor actual) {
    assertClose(expected, actual, 1e-6, 1e-6);
  }
}
