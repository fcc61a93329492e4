package dev.loupe.image;

import java.io.IOException;

/** PNG's five row filters, each a guess of a byte from its left (a), upper (b), upper left (c). */
final class PngFilter {
  static final int COUNT = 5;

  private PngFilter() {}

  /** Turns a filtered row back into samples, in place; {@code above} is the row before, undone. */
  static void undo(int filter, byte[] row, byte[] above, int step) throws IOException {
    switch (filter) {
      case 0 -> {}
      case 1 -> {
        for (int i = step; i < row.length; i++) {
          row[i] += row[i - step];
        }
      }
      case 2 -> {
        for (int i = 0; i < row.length; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < step ? 0 : row[i - step] & 0xFF;
          row[i] += (byte) ((left + (above[i] & 0xFF)) >> 1);
        }
      }
      case 4 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < step ? 0 : row[i - step] & 0xFF;
          int corner = i < step ? 0 : above[i - step] & 0xFF;
          row[i] += (byte) paeth(left, above[i] & 0xFF, corner);
        }
      }
      default -> throw new IOException("PNG row filter " + filter);
    }
  }

  /** Filters a row into {@code out}; {@code above} is the row before it, or zeros. */
  static void apply(int filter, byte[] row, byte[] above, int step, byte[] out) {
    for (int i = 0; i < row.length; i++) {
      int a = i < step ? 0 : row[i - step] & 0xFF;
      int b = above[i] & 0xFF;
      int guess =
          switch (filter) {
            case 0 -> 0;
            case 1 -> a;
            case 2 -> b;
            case 3 -> (a + b) >> 1;
            default -> paeth(a, b, i < step ? 0 : above[i - step] & 0xFF);
          };
      out[i] = (byte) (row[i] - guess);
    }
  }

  private static int paeth(int a, int b, int c) {
    int da = Math.abs(b - c);
    int db = Math.abs(a - c);
    int dc = Math.abs(a + b - 2 * c);
    return da <= db && da <= dc ? a : db <= dc ? b : c;
  }
}
