package dev.loupe.testing;

import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Sizes that hurt: 1, primes, one below and one above every vector and block. */
public final class Sizes {
  private static final int[] WIDTHS = {1, 2, 3, 13, 15, 16, 17, 31, 32, 33, 47, 48, 49};
  private static final int[] HEIGHTS = {1, 2, 3, 5, 7};

  private Sizes() {}

  /** Frames of {@code channels}, also those around multiples of {@code step} elements. */
  public static List<Shape> frames(int channels, int step) {
    List<Shape> shapes = new ArrayList<>();
    shapes.add(Shape.frame(channels, 37, 1));
    IntStream around = IntStream.of(step - 1, step, step + 1, 2 * step - 1, 2 * step + 1);
    int[] widths =
        IntStream.concat(IntStream.of(WIDTHS), around).filter(w -> w > 0).distinct().toArray();
    for (int i = 0; i < widths.length; i++) {
      shapes.add(Shape.frame(channels, HEIGHTS[i % HEIGHTS.length], widths[i]));
    }
    return shapes;
  }

  /** As {@link #frames(int, int)}, without those that a window does not fit into. */
  public static List<Shape> frames(int channels, int step, ConvGeometry geometry) {
    return frames(channels, step).stream()
        .map(
            s ->
                s.withSize(
                    Math.max(s.h(), geometry.filterHeight() - 2 * geometry.padding()), s.w()))
        .filter(s -> geometry.outputHeight(s.h()) > 0 && geometry.outputWidth(s.w()) > 0)
        .toList();
  }

  /** Batches of windows of {@code channels}. */
  public static List<Shape> patches(int channels) {
    return List.of(
        new Shape(1, channels, 4, 4),
        new Shape(15, channels, 6, 6),
        new Shape(16, channels, 4, 4),
        new Shape(17, channels, 6, 6),
        new Shape(100, channels, 4, 5));
  }
}
