package dev.loupe.image;

/** The eight EXIF orientations, as the turn that puts a stored picture upright. */
final class Orientation {
  private Orientation() {}

  /** An upright copy of a picture stored with an EXIF orientation 1..8; itself for 1. */
  static Image upright(Image stored, int orientation) {
    if (orientation == 1) {
      return stored;
    }
    boolean swapped = orientation >= 5;
    int width = swapped ? stored.height() : stored.width();
    int height = swapped ? stored.width() : stored.height();
    Image out = Image.allocate(width, height, stored.channels(), stored.bitDepth());
    int right = stored.width() - 1;
    int bottom = stored.height() - 1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int fromX =
            switch (orientation) {
              case 2, 3 -> right - x;
              case 4 -> x;
              case 5, 6 -> y;
              default -> right - y; // 7, 8
            };
        int fromY =
            switch (orientation) {
              case 2 -> y;
              case 3, 4 -> bottom - y;
              case 5, 8 -> x;
              default -> bottom - x; // 6, 7
            };
        for (int c = 0; c < stored.channels(); c++) {
          out.set(x, y, c, stored.get(fromX, fromY, c));
        }
      }
    }
    ImageMetadata metadata = stored.metadata();
    return out.withMetadata(swapped ? metadata.turned() : metadata);
  }
}
