package dev.loupe.reference;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The elementwise product, the gate of the attention blocks. {@code src} and {@code dst} are (N, C,
 * H, W), {@code gate} (N, C, H, W), or (N, C, 1, 1) with one factor for each channel.
 *
 * <pre>
 * dst(n, c, y, x) = src(n, c, y, x) * gate(n, c, y, x)  or  src(n, c, y, x) * gate(n, c, 0, 0)
 * </pre>
 *
 * <p>Pixel attention (PAN, RFDN's ESA) has the first gate, channel attention (RCAN) the second
 * (docs/networks.md 2.2, 2.3, 2.5).
 */
public final class MultiplyReference {
  private MultiplyReference() {}

  /**
   * Multiplies {@code src} by {@code gate}.
   *
   * @throws IllegalArgumentException if the gate's shape is neither src's nor (N, C, 1, 1)
   */
  public static FloatTensor forward(FloatTensor src, FloatTensor gate) {
    Shape shape = src.shape();
    boolean perPixel = gate.shape().equals(shape);
    if (!perPixel && !gate.shape().equals(shape.withSize(1, 1))) {
      throw new IllegalArgumentException(
          "multiply gate is %s, src %s needs %s or %s"
              .formatted(gate.shape(), shape, shape, shape.withSize(1, 1)));
    }
    int plane = (int) shape.plane();
    FloatTensor dst = FloatTensor.zeros(shape);
    // One float product is the double product rounded once: no need to widen.
    IntStream.range(0, dst.data().length)
        .parallel()
        .forEach(i -> dst.data()[i] = src.data()[i] * gate.data()[perPixel ? i : i / plane]);
    return dst;
  }
}
