package dev.loupe.image;

/** The canvas of an animation, on which a frame may cover but a part. */
final class Canvas {
  private Canvas() {}

  /**
   * A canvas that is transparent where the frame is not; the frame itself where it covers all.
   *
   * @throws ImageException if the frame reaches beyond the canvas
   */
  static Image with(Image frame, int left, int top, int width, int height) {
    boolean covers = left == 0 && top == 0 && frame.width() == width && frame.height() == height;
    if (covers) {
      return frame;
    }
    if (left + frame.width() > width || top + frame.height() > height) {
      throw new ImageException("damaged: a frame reaches beyond its canvas; get a complete copy");
    }
    int colours = frame.header().colours();
    Image canvas = Image.allocate(width, height, colours + 1, frame.bitDepth());
    for (int y = 0; y < frame.height(); y++) {
      for (int x = 0; x < frame.width(); x++) {
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
