package dev.loupe.tensor;

/**
 * A pointwise activation that a convolution applies as it stores.
 *
 * @param kind which function
 * @param slope slope below zero of {@link Kind#LEAKY_RELU}, else 0
 */
public record Activation(Kind kind, float slope) {
  /** The functions the five networks use. */
  public enum Kind {
    /** y = x. */
    NONE,
    /** y = max(x, 0). */
    RELU,
    /** y = x where x > 0, else slope * x. */
    LEAKY_RELU,
    /** As LEAKY_RELU, with one learned slope for each channel or one for all. */
    PRELU,
    /** y = 1 / (1 + exp(-x)). */
    SIGMOID
  }

  public static final Activation NONE = new Activation(Kind.NONE, 0f);
  public static final Activation RELU = new Activation(Kind.RELU, 0f);
  public static final Activation PRELU = new Activation(Kind.PRELU, 0f);
  public static final Activation SIGMOID = new Activation(Kind.SIGMOID, 0f);

  /** LeakyReLU with the given slope below zero. */
  public static Activation leakyRelu(float slope) {
    return new Activation(Kind.LEAKY_RELU, slope);
  }
}
