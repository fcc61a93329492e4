package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.tensor.Activation;

/** What every operator with a fused activation tells its kernel and the cost count. */
final class Activations {
  private Activations() {}

  /** The defines of include/activation.h. */
  static Defines define(Defines defines, Activation activation) {
    defines.set("ACTIVATION", "ACTIVATION_" + activation.kind().name());
    return activation.kind() == Activation.Kind.LEAKY_RELU
        ? defines.set("SLOPE", activation.slope())
        : defines;
  }

  /** The paper counts one operation for each element of an activation module; sigmoid is none. */
  static long paperCost(Activation activation, long elements) {
    return switch (activation.kind()) {
      case RELU, LEAKY_RELU, PRELU -> elements;
      case NONE, SIGMOID -> 0;
    };
  }
}
