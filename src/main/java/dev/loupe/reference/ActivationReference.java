package dev.loupe.reference;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.stream.IntStream;

/**
 * The pointwise activations. {@code src} is (N, C, H, W), {@code dst} too.
 *
 * <p>Formulas: {@link Activation.Kind}. PReLU: He et al. 2015, "Delving Deep into Rectifiers", eq.
 * 1; its slopes hold C values, one for each channel, or a single one for all.
 */
public final class ActivationReference {
  private ActivationReference() {}

  /**
   * Applies {@code activation} to every element.
   *
   * @param slopes C or 1 slopes in any shape for PReLU, null for every other activation
   * @throws IllegalArgumentException if the slopes are missing, not asked for, or of another number
   */
  public static FloatTensor forward(FloatTensor src, Activation activation, FloatTensor slopes) {
    Shape shape = src.shape();
    checkSlopes(activation, slopes, shape.c());
    FloatTensor dst = FloatTensor.zeros(shape);
    int plane = (int) shape.plane();
    IntStream.range(0, shape.n() * shape.c())
        .parallel()
        .forEach(
            index -> {
              double slope = slope(activation, slopes, index % shape.c());
              for (int i = index * plane; i < (index + 1) * plane; i++) {
                dst.data()[i] = (float) apply(activation.kind(), slope, src.data()[i]);
              }
            });
    return dst;
  }

  /** Throws unless {@code slopes} fits {@code activation} on {@code channels} channels. */
  static void checkSlopes(Activation activation, FloatTensor slopes, int channels) {
    if (activation.kind() != Activation.Kind.PRELU) {
      if (slopes != null) {
        throw new IllegalArgumentException(
            "slopes given to activation %s: only PRELU takes them, pass null"
                .formatted(activation.kind()));
      }
      return;
    }
    if (slopes == null) {
      throw new IllegalArgumentException("activation PRELU needs slopes, got null");
    }
    if (slopes.data().length != channels && slopes.data().length != 1) {
      throw new IllegalArgumentException(
          "PRELU slopes hold %d values, %d channels need %d or 1"
              .formatted(slopes.data().length, channels, channels));
    }
  }

  /** The slope below zero in {@code channel}; 0 for activations that have none. */
  static double slope(Activation activation, FloatTensor slopes, int channel) {
    if (activation.kind() != Activation.Kind.PRELU) {
      return activation.slope();
    }
    return slopes.data()[slopes.data().length == 1 ? 0 : channel];
  }

  /** The activation of one value. */
  static double apply(Activation.Kind kind, double slope, double x) {
    return switch (kind) {
      case NONE -> x;
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU, PRELU -> x > 0 ? x : slope * x;
      case SIGMOID -> 1 / (1 + Math.exp(-x));
    };
  }
}
