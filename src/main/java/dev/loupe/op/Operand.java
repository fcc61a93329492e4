package dev.loupe.op;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Half;

/**
 * An operator's input outside any graph: what it holds and how it lies on the device.
 *
 * @param type shape and layout
 * @param value its elements; samples and indices as floats
 */
public record Operand(TensorType type, FloatTensor value) {
  /** A tensor in a layout. */
  public static Operand of(FloatTensor value, Layout layout) {
    return new Operand(new TensorType(value.shape(), layout), value);
  }

  /** A planar frame. */
  public static Operand frame(FloatTensor value) {
    return of(value, Layout.FRAME);
  }

  /** A packed batch of patches. */
  public static Operand patches(FloatTensor value) {
    return of(value, Layout.PATCHES);
  }

  /** The same, with elements rounded as {@code precision} stores them. */
  public Operand in(Precision precision) {
    boolean rounds = precision == Precision.FP16 && type.isReal();
    return new Operand(type.withPrecision(precision), rounds ? rounded(value) : value);
  }

  private static FloatTensor rounded(FloatTensor value) {
    FloatTensor halves = FloatTensor.zeros(value.shape());
    for (int i = 0; i < halves.data().length; i++) {
      halves.data()[i] = Half.toFloat(Half.fromFloat(value.data()[i]));
    }
    return halves;
  }

  /** A list of cells. */
  public static Operand indices(int... cells) {
    return of(Indices.toTensor(cells), Layout.INDICES);
  }
}
