package dev.loupe.image;

import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The colour of a picture, with that of fully transparent pixels taken from what is seen around
 * them. What files hold there, mostly black, would ring into the edges of what is seen: the edge of
 * a light oval, 255 of 255, came back as 122 on white (FSRCNN x2), and with this as 249.
 */
public final class VisibleColour {
  /** How far it reaches, in pixels; networks that look farther hardly weigh what they see there. */
  private static final int REACH = 32;

  private final Image picture;
  private final Image colour;
  private final int width;

  /** Pixels that have a colour: visible ones, and those of the rings so far. */
  private final BitSet coloured;

  private final int[] around = new int[9];

  private VisibleColour(Image picture) {
    this.picture = picture;
    colour = picture.colour();
    width = picture.width();
    coloured = new BitSet(width * picture.height());
  }

  /** A copy without alpha; the picture itself if it has none. */
  public static Image of(Image picture) {
    return picture.isConstantAlpha() ? picture.colour() : new VisibleColour(picture).filled();
  }

  private Image filled() {
    markVisible();
    BitSet reached = (BitSet) coloured.clone();
    int[] ring = hidden().filter(pixel -> around(pixel, coloured, true) > 0).toArray();
    for (int pixel : ring) {
      reached.set(pixel);
    }
    for (int r = 0; r < REACH && ring.length > 0; r++) {
      for (int pixel : ring) {
        fill(pixel);
      }
      for (int pixel : ring) {
        coloured.set(pixel);
      }
      ring = ring(IntStream.of(ring), reached);
    }
    return colour;
  }

  private void markVisible() {
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < width; x++) {
        coloured.set(y * width + x, picture.get(x, y, picture.channels() - 1) > 0);
      }
    }
  }

  /** The pixels that are not visible, of which most pictures have few. */
  private IntStream hidden() {
    int pixels = width * picture.height();
    return IntStream.iterate(
        coloured.nextClearBit(0), p -> p < pixels, p -> coloured.nextClearBit(p + 1));
  }

  private int alpha(int pixel) {
    return picture.get(pixel % width, pixel / width, picture.channels() - 1);
  }

  /** The pixels beside some that were not reached before; they are now. */
  private int[] ring(IntStream pixels, BitSet reached) {
    IntStream.Builder ring = IntStream.builder();
    pixels.forEach(
        pixel -> {
          int count = around(pixel, reached, false);
          for (int i = 0; i < count; i++) {
            reached.set(around[i]);
            ring.add(around[i]);
          }
        });
    return ring.build().toArray();
  }

  /** Puts those beside a pixel that are, or are not, in a set into {@link #around}; their count. */
  private int around(int pixel, BitSet set, boolean in) {
    int x = pixel % width;
    int y = pixel / width;
    int count = 0;
    for (int row = Math.max(0, y - 1); row <= Math.min(picture.height() - 1, y + 1); row++) {
      for (int column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        int other = row * width + column;
        if (set.get(other) == in) {
          around[count++] = other;
        }
      }
    }
    return count;
  }

  /** Gives a pixel the mean colour of those around it, as far as these are seen. */
  private void fill(int pixel) {
    int count = around(pixel, coloured, true);
    for (int c = 0; c < colour.channels(); c++) {
      long sum = 0;
      long weights = 0;
      for (int i = 0; i < count; i++) {
        int alpha = alpha(around[i]);
        int weight = alpha == 0 ? picture.maxValue() : alpha;
        sum += (long) weight * colour.get(around[i] % width, around[i] / width, c);
        weights += weight;
      }
      colour.set(pixel % width, pixel / width, c, (int) ((sum + weights / 2) / weights));
    }
  }
}
