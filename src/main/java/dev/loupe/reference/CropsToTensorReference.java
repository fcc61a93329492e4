package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * The reading of a batch of crops. {@code crops} are samples of 0 to 255, (1, N, C * H, W): plane n
 * holds the channels of crop n one below another. {@code dst} is (N, C * r * r, H / r, W / r).
 *
 * <pre>
 * dst(n, (c * r + i) * r + j, y, x) = crops(0, n, c * H + y * r + i, x * r + j) * range / 255
 * </pre>
 */
public final class CropsToTensorReference {
  private static final float WHITE = 255;

  private CropsToTensorReference() {}

  /**
   * Reads the crops.
   *
   * @param channels C
   * @param factor r, by which pictures are shuffled apart
   * @param range the value of white
   */
  public static FloatTensor forward(FloatTensor crops, int channels, int factor, float range) {
    Shape in = crops.shape();
    int height = in.h() / channels;
    return FloatTensor.generate(
        new Shape(in.c(), channels * factor * factor, height / factor, in.w() / factor),
        (n, phase, y, x) -> {
          int channel = phase / (factor * factor);
          int row = channel * height + y * factor + phase / factor % factor;
          return crops.get(0, n, row, x * factor + phase % factor) * (range / WHITE);
        });
  }
}
