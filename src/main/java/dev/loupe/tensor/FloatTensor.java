package dev.loupe.tensor;

import java.util.Arrays;
import java.util.stream.IntStream;

/** A dense host tensor in NCHW order: the currency of weights, of the reference and of tests. */
public final class FloatTensor {
  private final Shape shape;
  private final float[] data;

  /**
   * Wraps {@code data} without copying it.
   *
   * @throws IllegalArgumentException if the array's length is not the shape's element count
   */
  public FloatTensor(Shape shape, float[] data) {
    if (shape.elements() != data.length) {
      throw new IllegalArgumentException(
          "shape %s holds %d elements, the array %d"
              .formatted(shape, shape.elements(), data.length));
    }
    this.shape = shape;
    this.data = data;
  }

  /**
   * A tensor of zeros.
   *
   * @throws IllegalArgumentException if it has more elements than an array of Java's
   */
  public static FloatTensor zeros(Shape shape) {
    if (shape.elements() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "a tensor of %s passes the 2^31 elements of plain Java; take an OpenCL device, or a smaller picture"
              .formatted(shape));
    }
    return new FloatTensor(shape, new float[(int) shape.elements()]);
  }

  /** The value of element (n, c, y, x). */
  @FunctionalInterface
  public interface Formula {
    float at(int n, int c, int y, int x);
  }

  /** A tensor with the elements that {@code formula} says, its rows computed side by side. */
  public static FloatTensor generate(Shape shape, Formula formula) {
    FloatTensor tensor = zeros(shape);
    IntStream.range(0, shape.n() * shape.c() * shape.h())
        .parallel()
        .forEach(
            row -> {
              int plane = row / shape.h();
              int n = plane / shape.c();
              int c = plane % shape.c();
              int y = row % shape.h();
              for (int x = 0; x < shape.w(); x++) {
                tensor.data[row * shape.w() + x] = formula.at(n, c, y, x);
              }
            });
    return tensor;
  }

  public Shape shape() {
    return shape;
  }

  /** The elements themselves, not a copy; index with {@link #index}. */
  public float[] data() {
    return data;
  }

  /** Position of element (n, c, y, x) in {@link #data()}. */
  public int index(int n, int c, int y, int x) {
    return ((n * shape.c() + c) * shape.h() + y) * shape.w() + x;
  }

  /** Element (n, c, y, x). */
  public float get(int n, int c, int y, int x) {
    return data[index(n, c, y, x)];
  }

  /** Element (n, c, y, x), or 0 outside the image (the padding of every convolution). */
  public float getPadded(int n, int c, int y, int x) {
    return y < 0 || y >= shape.h() || x < 0 || x >= shape.w() ? 0f : get(n, c, y, x);
  }

  /** Sets element (n, c, y, x). */
  public void set(int n, int c, int y, int x, float value) {
    data[index(n, c, y, x)] = value;
  }

  /** A deep copy. */
  public FloatTensor copy() {
    return new FloatTensor(shape, Arrays.copyOf(data, data.length));
  }

  @Override
  public String toString() {
    return "FloatTensor" + shape;
  }
}
