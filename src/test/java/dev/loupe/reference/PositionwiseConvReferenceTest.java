package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.api.Test;

class PositionwiseConvReferenceTest {
  @Test
  void agreesWithTorch() {
    // (ramp(1,25,3,4) * F.unfold(ramp(1,1,3,4), 5, padding=2).view(1,25,3,4)).sum(1, keepdim=True)
    assertClose(
        Tensors.of(
            Shape.frame(1, 3, 4),
            -1.1684,
            -1.6784,
            -2.0676,
            -1.2172,
            0.1844,
            0.2076,
            0.2628,
            -0.4884,
            -1.1696,
            -2.0676,
            -2.0124,
            -1.2544),
        PositionwiseConvReference.forward(ramp(1, 25, 3, 4), ramp(1, 1, 3, 4)));
  }

  @Test
  void theSameFilterEverywhereIsConv2d() {
    FloatTensor src = Tensors.random(1, new Shape(2, 1, 7, 5));
    FloatTensor filter = Tensors.random(2, Shape.frame(1, 5, 5));
    FloatTensor filters = FloatTensor.zeros(new Shape(2, 25, 7, 5));
    for (int i = 0; i < filters.data().length; i++) {
      filters.data()[i] = filter.data()[i / 35 % 25];
    }
    assertClose(
        Conv2dReference.forward(
            src, filter, null, ConvGeometry.same(5), Activation.NONE, null, null),
        PositionwiseConvReference.forward(filters, src));
  }

  @Test
  void refusesShapesThatDoNotFit() {
    FloatTensor src = ramp(1, 1, 3, 4);
    for (FloatTensor filters :
        new FloatTensor[] {ramp(1, 24, 3, 4), ramp(1, 16, 3, 4), ramp(1, 25, 4, 3)}) {
      assertThrows(
          IllegalArgumentException.class, () -> PositionwiseConvReference.forward(filters, src));
    }
  }
}
