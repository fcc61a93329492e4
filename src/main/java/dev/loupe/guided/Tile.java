package dev.loupe.guided;

/** A tile's place in the frame. */
record Tile(Span rows, Span columns) {
  /** Pixels of the input whose result is kept. */
  long kept() {
    return (long) rows.kept() * columns.kept();
  }
}
