package dev.loupe.image;

import java.util.Arrays;

/**
 * The picture of an error mask: its values as colours over a dimmed gray background, the selected
 * cells brighter and outlined, so that one sees where the work went.
 *
 * <p>Colours are "inferno" of van der Walt and Smith (2015), whose lightness rises evenly with the
 * value; values are spread over the range between the mask's 1st and 99th percentile.
 */
public final class HeatMap {
  /** Inferno at 0, 1/8 .. 1, as 0xRRGGBB. */
  private static final int[] INFERNO = {
    0x000004, 0x210C4A, 0x56106E, 0x89226A, 0xBB3754, 0xE35933, 0xF98E09, 0xF9CB35, 0xFCFFA4
  };

  private static final double OPACITY = 0.55;
  private static final double SELECTED_OPACITY = 0.42;
  private static final double DIMMED = 0.62;
  private static final int[] OUTLINE = {64, 224, 255};

  private HeatMap() {}

  /**
   * Draws a mask over a picture.
   *
   * @param background the picture the cells lie on; cells beyond its edge are cut
   * @param mask (gridHeight, gridWidth) scores of any finite range
   * @param cell side of a cell in pixels of the background
   * @param selected indices into the mask of the cells to outline
   * @return an 8-bit RGB picture of the background's size
   * @throws IllegalArgumentException if the sizes or indices do not fit
   */
  public static Image render(
      Image background, float[] mask, int gridWidth, int gridHeight, int cell, int[] selected) {
    if (cell < 1 || gridWidth < 1 || gridHeight < 1 || mask.length != gridWidth * gridHeight) {
      throw new IllegalArgumentException(
          "mask of %d scores is not a %dx%d grid of cells of %d pixels"
              .formatted(mask.length, gridWidth, gridHeight, cell));
    }
    boolean[] chosen = new boolean[mask.length];
    for (int index : selected) {
      if (index < 0 || index >= mask.length) {
        throw new IllegalArgumentException(
            "selected cell %d is not one of %d".formatted(index, mask.length));
      }
      chosen[index] = true;
    }
    int[] heat = colours(mask);
    Image gray = background.withBitDepth(8).toGray();
    Image out = Image.allocate(background.width(), background.height(), 3, 8);
    Grid grid = new Grid(gridWidth, gridHeight, cell, chosen);
    for (int y = 0; y < out.height(); y++) {
      for (int x = 0; x < out.width(); x++) {
        int index = grid.cellAt(x, y);
        int colour = index < 0 ? -1 : heat[index];
        for (int c = 0; c < 3; c++) {
          double value = gray.get(x, y, 0) * DIMMED;
          if (index >= 0) {
            double opacity = chosen[index] ? SELECTED_OPACITY : OPACITY;
            double lit = chosen[index] ? gray.get(x, y, 0) : value;
            value = lit * (1 - opacity) + ((colour >> (16 - 8 * c)) & 0xFF) * opacity;
          }
          out.set(x, y, c, grid.isOutline(x, y) ? OUTLINE[c] : (int) Math.round(value));
        }
      }
    }
    return out;
  }

  /** The cells on the picture; a group of selected neighbours has one outline around it. */
  private static final class Grid {
    private final int width;
    private final int height;
    private final int cell;
    private final boolean[] chosen;
    private final int line;

    Grid(int width, int height, int cell, boolean[] chosen) {
      this.width = width;
      this.height = height;
      this.cell = cell;
      this.chosen = chosen;
      this.line = Math.max(1, cell / 12);
    }

    /** Index of the cell over a pixel, or -1. */
    int cellAt(int x, int y) {
      int column = x / cell;
      int row = y / cell;
      return column < width && row < height ? row * width + column : -1;
    }

    private boolean isChosen(int column, int row) {
      return column >= 0
          && column < width
          && row >= 0
          && row < height
          && chosen[row * width + column];
    }

    /** Whether a pixel lies in a selected cell, within a line's width of one that is not. */
    boolean isOutline(int x, int y) {
      int column = x / cell;
      int row = y / cell;
      if (!isChosen(column, row)) {
        return false;
      }
      int left = (x % cell) < line ? column - 1 : column;
      int right = (x % cell) >= cell - line ? column + 1 : column;
      int top = (y % cell) < line ? row - 1 : row;
      int bottom = (y % cell) >= cell - line ? row + 1 : row;
      return !(isChosen(left, row)
          && isChosen(right, row)
          && isChosen(column, top)
          && isChosen(column, bottom)
          && isChosen(left, top)
          && isChosen(right, top)
          && isChosen(left, bottom)
          && isChosen(right, bottom));
    }
  }

  private static int[] colours(float[] mask) {
    float[] sorted = mask.clone();
    Arrays.sort(sorted);
    float low = sorted[sorted.length / 100];
    float high = sorted[sorted.length - 1 - sorted.length / 100];
    float range = high > low ? high - low : 1;
    int[] colours = new int[mask.length];
    for (int i = 0; i < mask.length; i++) {
      colours[i] = inferno(Math.max(0, Math.min(1, (mask[i] - low) / range)));
    }
    return colours;
  }

  /** The colour of a value 0..1, linear between the table's entries. */
  private static int inferno(double value) {
    double at = value * (INFERNO.length - 1);
    int below = Math.min(INFERNO.length - 2, (int) at);
    double part = at - below;
    int colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int from = (INFERNO[below] >> shift) & 0xFF;
      int to = (INFERNO[below + 1] >> shift) & 0xFF;
      colour |= (int) Math.round(from + part * (to - from)) << shift;
    }
    return colour;
  }
}
