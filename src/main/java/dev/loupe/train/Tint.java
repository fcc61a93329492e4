package dev.loupe.train;

/**
 * What becomes of a crop's colours. Both changes are linear, so that the small crop stays the true
 * one made smaller.
 */
final class Tint {
  /** All of a crop's own colours. */
  static final int ALL = 256;

  private final int[] order;
  private final int[] colour;
  private final int kept;

  /**
   * A change.
   *
   * @param order which of red, green and blue becomes each of them
   * @param colour that the crop fades towards, 0 to 255 each
   * @param kept of its own colours, in 256ths: 256 for all, 0 for a crop that is flat
   */
  Tint(int[] order, int[] colour, int kept) {
    this.order = order;
    this.colour = colour;
    this.kept = kept;
  }

  /** Leaves colours as they are, but for their order. */
  static Tint ordered(int... order) {
    return new Tint(order, new int[CropShape.CHANNELS], ALL);
  }

  /** Sample {@code channel} of the pixel that begins at {@code pixel}. */
  byte of(byte[] samples, int pixel, int channel) {
    int sample = Byte.toUnsignedInt(samples[pixel + order[channel]]);
    return (byte) ((sample * kept + colour[channel] * (ALL - kept) + ALL / 2) / ALL);
  }
}
