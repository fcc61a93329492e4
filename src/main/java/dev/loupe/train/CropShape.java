package dev.loupe.train;

import dev.loupe.op.CropsToTensor;
import dev.loupe.op.TensorType;

/**
 * The size of a batch of training crops.
 *
 * @param batch crops in it
 * @param side of a crop in low-resolution pixels
 * @param scale upscaling factor
 */
public record CropShape(int batch, int side, int scale) {
  static final int CHANNELS = 3;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is below 1, or a batch passes 2 GiB
   */
  public CropShape {
    if (batch < 1 || side < 1 || scale < 1) {
      throw new IllegalArgumentException(
          "batch %d, crop %d, scale %d: each must be at least 1".formatted(batch, side, scale));
    }
    double samples = (double) CHANNELS * batch * side * scale * side * scale;
    if (samples > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "batch %d of crops of %dx%d, x%d: passes the 2 GiB of one buffer; take fewer or smaller ones"
              .formatted(batch, side, side, scale));
    }
  }

  /** Side of the true picture of a crop. */
  public int highSide() {
    return side * scale;
  }

  /** The crops as the device gets them. */
  TensorType lowRes() {
    return CropsToTensor.crops(batch, CHANNELS, side, side);
  }

  /** Their true pictures as the device gets them. */
  TensorType highRes() {
    return CropsToTensor.crops(batch, CHANNELS, highSide(), highSide());
  }

  /** Low-resolution pixels of a batch. */
  public long pixels() {
    return (long) batch * side * side;
  }
}
