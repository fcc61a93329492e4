package dev.loupe.image;

/** The canvas of an animation, on which a frame may cover but a part. */
final class Canvas {
  private Canvas() {}

  /**
   * A canvas that is transparent where the frame is not; the frame itself where it covers all. What
   * of the frame lies beyond the canvas is cut off.
   */
  static Image with(Image frame, int left, int top, int width, int height) {
    boolean covers = left == 0 && top == 0 && frame.width() == width && frame.height() == height;
    if (covers || width < 1 || height < 1) {
      return frame;
    }
    int colours = frame.isGray() ? 1 : 3;
    Image canvas = Image.allocate(width, height, colours + 1, frame.bitDepth());
    for (int y = 0; y < Math.min(frame.height(), height - top); y++) {
      for (int x = 0; x < Math.min(frame.width(), width - left); x++) {
        for (int c = 0; c < colours; c++) {
          canvas.set(left + x, top + y, c, frame.get(x, y, c));
        }
        int alpha = frame.hasAlpha() ? frame.get(x, y, colours) : frame.maxValue();
        canvas.set(left + x, top + y, colours, alpha);
      }
    }
    return canvas.withMetadata(frame.metadata());
  }
}
