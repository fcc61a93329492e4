package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The mean of each channel plane. {@code src} is (N, C, H, W), {@code dst} (N, C, 1, 1).
 *
 * <pre>
 * dst(n, c, 0, 0) = sum over y, x of src(n, c, y, x) / (H * W)
 * </pre>
 *
 * <p>As PyTorch's {@code AdaptiveAvgPool2d(1)}; the squeeze of RCAN's channel attention (Zhang et
 * al. 2018, "Image Super-Resolution Using Very Deep Residual Channel Attention Networks", eq. 5).
 */
public final class GlobalAverageReference {
  private GlobalAverageReference() {}

  /** The channel means of {@code src}. */
  public static FloatTensor forward(FloatTensor src) {
    Shape in = src.shape();
    int plane = (int) in.plane();
    FloatTensor dst = FloatTensor.zeros(in.withSize(1, 1));
    IntStream.range(0, in.n() * in.c())
        .parallel()
        .forEach(
            index -> {
              double sum = 0;
              for (int i = index * plane; i < (index + 1) * plane; i++) {
                sum += src.data()[i];
              }
              dst.data()[index] = (float) (sum / plane);
            });
    return dst;
  }
}
