package dev.loupe.timing;

import dev.loupe.image.Image;

/** The photo that is timed where none is given. */
public final class SyntheticPhoto {
  private SyntheticPhoto() {}

  /** A picture with edges, slopes and texture at every scale, the same on every run. */
  public static Image of(int width, int height) {
    Image picture = Image.allocate(width, height, 3, 8);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double slope = 0.5 + 0.3 * Math.sin(x / 90.0) * Math.cos(y / 70.0);
        double texture = 0.12 * Math.sin(x * (0.4 + y / 400.0)) * Math.sin(y * 0.7);
        double edge = ((x / 37 + y / 29) & 1) == 0 ? 0.08 : -0.08;
        for (int c = 0; c < 3; c++) {
          double value = slope + texture * (c + 1) / 3 + edge;
          picture.set(x, y, c, (int) Math.max(0, Math.min(255, value * 255)));
        }
      }
    }
    return picture;
  }
}
