package dev.loupe.network;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.Weights;
import java.util.HashSet;
import java.util.Set;

/** A giver of named weights: a model's, those training begins with, or any that only count. */
@FunctionalInterface
public interface WeightSource {
  /** Zeros of any shape: for counting and planning a network that has no weights yet. */
  WeightSource ZEROS = (name, dims) -> FloatTensor.zeros(shape(dims));

  /**
   * The tensor {@code name} of exactly {@code dims}; a vector comes as (1, C, 1, 1).
   *
   * @throws RuntimeException naming the tensor, what was expected and what was found
   */
  FloatTensor tensor(String name, int... dims);

  /** The tensors of a model file; {@code used} collects the names that were asked for. */
  static WeightSource of(Weights weights, Set<String> used) {
    return (name, dims) -> {
      used.add(name);
      return weights.get(name, dims).tensor();
    };
  }

  /** The tensors of a model file. */
  static WeightSource of(Weights weights) {
    return of(weights, new HashSet<>());
  }

  private static Shape shape(int... dims) {
    return dims.length == 1
        ? new Shape(1, dims[0], 1, 1)
        : new Shape(dims[0], dims[1], dims[2], dims[3]);
  }
}
