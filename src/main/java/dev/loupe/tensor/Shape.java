package dev.loupe.tensor;

/**
 * The size of a tensor, (N, C, H, W): batch, channels, height, width.
 *
 * @param n batch size, at least 1
 * @param c channels, at least 1
 * @param h height in pixels, at least 1
 * @param w width in pixels, at least 1
 */
public record Shape(int n, int c, int h, int w) {
  /**
   * Checks that every extent is positive.
   *
   * @throws IllegalArgumentException if one is not
   */
  public Shape {
    if (n < 1 || c < 1 || h < 1 || w < 1) {
      throw new IllegalArgumentException(
          "shape (%d, %d, %d, %d) has an extent below 1".formatted(n, c, h, w));
    }
  }

  /** A batch of one: (1, C, H, W). */
  public static Shape frame(int c, int h, int w) {
    return new Shape(1, c, h, w);
  }

  /** Number of elements; 64-bit, since a 4K tensor of 256 channels passes 2^31. */
  public long elements() {
    return (long) n * c * h * w;
  }

  /** Elements of one channel plane, H * W. */
  public long plane() {
    return (long) h * w;
  }

  /** The same shape with other channels. */
  public Shape withChannels(int channels) {
    return new Shape(n, channels, h, w);
  }

  /** The same shape with another height and width. */
  public Shape withSize(int height, int width) {
    return new Shape(n, c, height, width);
  }

  @Override
  public String toString() {
    return "(%d, %d, %d, %d)".formatted(n, c, h, w);
  }
}
