package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;

import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.api.Test;

class SoftmaxReferenceTest {
  @Test
  void agreesWithTorch() {
    // F.softmax(ramp(1,3,1,2), 1)
    assertClose(
        Tensors.of(
            Shape.frame(3, 1, 2),
            0.1257398675,
            0.2413867376,
            0.552368408,
            0.1406676995,
            0.3218917244,
            0.6179455629),
        SoftmaxReference.forward(ramp(1, 3, 1, 2)));
  }

  @Test
  void largeValuesDoNotOverflow() {
    Shape shape = new Shape(2, 2, 1, 1);
    assertClose(
        Tensors.of(shape, 0.5, 0.5, 0, 1),
        SoftmaxReference.forward(Tensors.of(shape, 1e5, 1e5, -1e5, 1e5)),
        0,
        0);
  }

  @Test
  void oneChannelIsOne() {
    Shape shape = Shape.frame(1, 1, 2);
    assertClose(Tensors.of(shape, 1, 1), SoftmaxReference.forward(Tensors.of(shape, -3, 9)), 0, 0);
  }
}
