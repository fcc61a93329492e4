package dev.loupe.op;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;

/**
 * Lists of cells as host tensors (1, 1, 1, K); exact up to 2^24 cells, a frame of 268 megapixels.
 */
public final class Indices {
  private Indices() {}

  /** Indices as floats. */
  public static FloatTensor toTensor(int[] indices) {
    float[] values = new float[indices.length];
    for (int i = 0; i < indices.length; i++) {
      values[i] = indices[i];
    }
    return new FloatTensor(new Shape(1, 1, 1, indices.length), values);
  }

  /** Floats back to indices. */
  public static int[] fromTensor(FloatTensor tensor) {
    int[] indices = new int[tensor.data().length];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = (int) tensor.data()[i];
    }
    return indices;
  }
}
