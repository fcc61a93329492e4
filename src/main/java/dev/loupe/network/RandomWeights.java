package dev.loupe.network;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Random;

/**
 * A giver of random weights, the same on every run: to time and to compare a network that has not
 * been trained. Slopes are 0.25, biases small, filters normal with variance {@code gain / inputs}.
 *
 * @param seed any number
 * @param gain 2 keeps the power of values through convolutions with ReLU (He et al., ICCV 2015);
 *     deep residual networks need less, so that their sums do not grow
 */
public record RandomWeights(long seed, float gain) implements WeightSource {
  private static final float SLOPE = 0.25f;
  private static final float BIAS = 0.05f;

  @Override
  public FloatTensor tensor(String name, int... dims) {
    boolean vector = dims.length == 1;
    Shape shape =
        vector ? new Shape(1, dims[0], 1, 1) : new Shape(dims[0], dims[1], dims[2], dims[3]);
    double scale = vector ? BIAS : Math.sqrt(gain / (dims[1] * dims[2] * dims[3]));
    boolean slopes = vector && name.endsWith(".weight");
    Random random = new Random(seed ^ name.hashCode());
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.data().length; i++) {
      double value = random.nextGaussian() * scale;
      tensor.data()[i] = (float) (slopes ? SLOPE + value : value);
    }
    return tensor;
  }
}
