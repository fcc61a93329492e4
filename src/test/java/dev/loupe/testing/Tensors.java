package dev.loupe.testing;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Random;

/** Repeatable test tensors. */
public final class Tensors {
  private Tensors() {}

  /** The tensor of the given elements. */
  public static FloatTensor of(Shape shape, double... elements) {
    float[] data = new float[elements.length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) elements[i];
    }
    return new FloatTensor(shape, data);
  }

  /**
   * Normally distributed elements with one outlier of 100 in each 97, for uniform noise proves
   * little.
   */
  public static FloatTensor random(long seed, Shape shape) {
    Random random = new Random(seed);
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = (float) random.nextGaussian() * (i % 97 == 50 ? 100 : 1);
    }
    return tensor;
  }

  /**
   * Element i is ((37 i + 11) mod 101) / 50 - 1: a scrambled ramp in [-1, 1] that torch makes too,
   * as
   *
   * <pre>
   * def ramp(*s): return ((torch.arange(math.prod(s)) * 37 + 11) % 101 / 50 - 1).view(s)
   * </pre>
   */
  public static FloatTensor ramp(Shape shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = (float) ((37L * i + 11) % 101 / 50.0 - 1);
    }
    return tensor;
  }

  /** {@link #ramp(Shape)} of (n, c, h, w). */
  public static FloatTensor ramp(int n, int c, int h, int w) {
    return ramp(new Shape(n, c, h, w));
  }
}
