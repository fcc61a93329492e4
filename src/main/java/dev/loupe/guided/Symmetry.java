package dev.loupe.guided;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One of the eight ways to turn and mirror a picture, as the order in which its pixels are walked:
 * pixel (x, y) of the turned picture is pixel {@code first + x * alongRow + y * alongColumn} of the
 * upright one, counted in raster order.
 *
 * @param width of the turned picture
 * @param height of the turned picture
 * @param first the pixel of the upright picture that comes to the turned one's corner
 * @param alongRow from one pixel of the turned picture to the next in its row
 * @param alongColumn to the next below it
 */
record Symmetry(int width, int height, int first, int alongRow, int alongColumn) {
  /** How many there are. */
  static final int ALL = 8;

  private static final int MIRRORED = 1;
  private static final int FLIPPED = 2;
  private static final int TRANSPOSED = 4;

  /**
   * Those of a picture of {@code width} times {@code height} pixels: itself, three of its size, and
   * four of its size turned.
   */
  static List<Symmetry> of(int width, int height) {
    return IntStream.range(0, ALL).mapToObj(bits -> of(bits, width, height)).toList();
  }

  private static Symmetry of(int bits, int width, int height) {
    boolean mirrored = (bits & MIRRORED) != 0;
    boolean flipped = (bits & FLIPPED) != 0;
    int first = (mirrored ? width - 1 : 0) + (flipped ? (height - 1) * width : 0);
    int across = mirrored ? -1 : 1;
    int down = flipped ? -width : width;
    return (bits & TRANSPOSED) == 0
        ? new Symmetry(width, height, first, across, down)
        : new Symmetry(height, width, first, down, across);
  }
}
