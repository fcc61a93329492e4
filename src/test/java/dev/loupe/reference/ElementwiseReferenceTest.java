package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.api.Test;

/** Tests of AddReference, MultiplyReference and ConcatReference. */
class ElementwiseReferenceTest {
  private static final Shape SHAPE = new Shape(2, 2, 1, 2);
  private static final FloatTensor A = Tensors.of(SHAPE, 1, 2, 3, 4, 5, 6, 7, 8);

  @Test
  void addsElementByElement() {
    FloatTensor b = Tensors.of(SHAPE, 8, -7, 6, -5, 4, -3, 2, -1);
    assertClose(Tensors.of(SHAPE, 9, -5, 9, -1, 9, 3, 9, 7), AddReference.forward(A, b), 0, 0);
    assertThrows(IllegalArgumentException.class, () -> AddReference.forward(A, ramp(2, 2, 2, 1)));
  }

  @Test
  void multipliesByAGateForEachPixelOrEachChannel() {
    assertClose(
        Tensors.of(SHAPE, 1, 4, 9, 16, 25, 36, 49, 64), MultiplyReference.forward(A, A), 0, 0);
    assertClose(
        Tensors.of(SHAPE, 10, 20, 0, 0, -5, -6, 3.5, 4),
        MultiplyReference.forward(A, Tensors.of(new Shape(2, 2, 1, 1), 10, 0, -1, 0.5)),
        0,
        0);
    assertThrows(
        IllegalArgumentException.class, () -> MultiplyReference.forward(A, ramp(1, 2, 1, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> MultiplyReference.forward(A, ramp(2, 1, 1, 2)));
  }

  @Test
  void concatenatesChannelsOfEachImage() {
    FloatTensor one = Tensors.of(new Shape(2, 1, 1, 2), -1, -2, -3, -4);
    assertClose(
        Tensors.of(new Shape(2, 3, 1, 2), 1, 2, 3, 4, -1, -2, 5, 6, 7, 8, -3, -4),
        ConcatReference.forward(A, one),
        0,
        0);
    assertClose(A, ConcatReference.forward(A), 0, 0);
    assertThrows(IllegalArgumentException.class, ConcatReference::forward);
    assertThrows(
        IllegalArgumentException.class, () -> ConcatReference.forward(A, ramp(2, 2, 2, 1)));
    assertThrows(
        IllegalArgumentException.class, () -> ConcatReference.forward(A, ramp(1, 2, 1, 2)));
  }
}
