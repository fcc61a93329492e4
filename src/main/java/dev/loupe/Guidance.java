package dev.loupe;

import dev.loupe.guided.FrameGraph;
import dev.loupe.guided.FrameRunner;
import java.util.Optional;

/**
 * Where the work of a picture went: the patch grid, the predicted error mask and the refined cells.
 */
public final class Guidance {
  private final int gridWidth;
  private final int cells;
  private final Optional<float[]> mask;
  private final int[] selected;

  private Guidance(FrameGraph frame, Optional<float[]> mask, int[] selected) {
    gridWidth = frame.gridWidth();
    cells = frame.cells();
    this.mask = mask;
    this.selected = selected;
  }

  static Guidance of(FrameRunner runner) {
    return new Guidance(runner.frame(), runner.mask(), runner.selected());
  }

  /** Cells in a row of the patch grid. */
  public int gridWidth() {
    return gridWidth;
  }

  /** Rows of cells. */
  public int gridHeight() {
    return cells / gridWidth;
  }

  /** Cells of the patch grid in all. */
  public int cells() {
    return cells;
  }

  /** The predicted error of each cell in raster order; of variant mask only. */
  public Optional<float[]> mask() {
    return mask;
  }

  /** The refined cells, ascending; empty of variants base and full. */
  public int[] selected() {
    return selected;
  }
}
