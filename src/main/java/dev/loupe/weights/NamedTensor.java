package dev.loupe.weights;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Half;
import dev.loupe.tensor.Shape;
import java.util.Arrays;

/** A float tensor of a weights file: its name, its own 0 to 4 dimensions and its elements. */
public final class NamedTensor {
  private final String name;
  private final int[] dims;
  private final float[] data;

  /**
   * Wraps {@code data} without copying it.
   *
   * @param name state_dict key, such as {@code base.first.0.weight}
   * @param dims 0 to 4 extents, none negative; filters are OIHW (transposed convolutions IOHW)
   * @param data the elements, last dimension fastest
   * @throws IllegalArgumentException if dims and data do not fit together
   */
  public NamedTensor(String name, int[] dims, float[] data) {
    if (dims.length > 4) {
      throw new IllegalArgumentException(
          "tensor %s has %d dimensions, at most 4 are known".formatted(name, dims.length));
    }
    long elements = 1;
    for (int extent : dims) {
      if (extent < 0) {
        throw new IllegalArgumentException(
            "tensor %s has a negative extent in %s".formatted(name, Arrays.toString(dims)));
      }
      elements = Math.min(elements * extent, 1L << 31); // more than an array holds
    }
    if (elements != data.length) {
      throw new IllegalArgumentException(
          "tensor %s of shape %s holds %d elements, the array %d"
              .formatted(name, Arrays.toString(dims), elements, data.length));
    }
    this.name = name;
    this.dims = dims.clone();
    this.data = data;
  }

  public String name() {
    return name;
  }

  /** A copy of the extents as the file has them. */
  public int[] dims() {
    return dims.clone();
  }

  /** The elements themselves, not a copy; readers leave them as they are. */
  public float[] data() {
    return data;
  }

  /** The same elements under another name. */
  public NamedTensor renamed(String newName) {
    return new NamedTensor(newName, dims, data);
  }

  /**
   * Checks that float16 holds the elements.
   *
   * @param source of the tensor, for the message
   * @throws WeightsException naming the first that it does not
   */
  void requireFitsHalf(String source) {
    for (float value : data) {
      if (Float.isFinite(value) && !Float.isFinite(Half.toFloat(Half.fromFloat(value)))) {
        throw new WeightsException(
            "%s: tensor %s holds %s, beyond float16's %s; write float32"
                .formatted(source, name, value, Half.MAX_VALUE));
      }
    }
  }

  /** The elements rounded to float16, to nearest, ties to even. */
  NamedTensor rounded() {
    float[] halves = new float[data.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = Half.toFloat(Half.fromFloat(data[i]));
    }
    return new NamedTensor(name, dims, halves);
  }

  /**
   * A 4-D view of the same elements, by the one rule that a vector belongs to channels: () is (1,
   * 1, 1, 1), (C) is (1, C, 1, 1), (O, I) is (O, I, 1, 1), (C, H, W) is (1, C, H, W) and four
   * dimensions (a filter's OIHW, an image's NCHW) stay as they are.
   *
   * @throws IllegalArgumentException if an extent is 0
   */
  public FloatTensor tensor() {
    return new FloatTensor(shape(), data);
  }

  private Shape shape() {
    return switch (dims.length) {
      case 0 -> new Shape(1, 1, 1, 1);
      case 1 -> new Shape(1, dims[0], 1, 1);
      case 2 -> new Shape(dims[0], dims[1], 1, 1);
      case 3 -> new Shape(1, dims[0], dims[1], dims[2]);
      default -> new Shape(dims[0], dims[1], dims[2], dims[3]);
    };
  }

  @Override
  public String toString() {
    return name + Arrays.toString(dims);
  }
}
