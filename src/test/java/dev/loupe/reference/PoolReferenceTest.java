package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.api.Test;

/** Tests of MaxPool2dReference and GlobalAverageReference. */
class PoolReferenceTest {
  @Test
  void maxPoolAgreesWithTorch() {
    // F.max_pool2d(ramp(1,2,5,8), 3, 2)
    assertClose(
        Tensors.of(
            Shape.frame(2, 2, 3), 0.96, 0.7, 0.9, 0.96, 0.88, 0.62, 1, 0.74, 0.94, 1, 0.92, 0.92),
        MaxPool2dReference.forward(ramp(1, 2, 5, 8), 3, 2));
  }

  @Test
  void maxPoolOfNegativesDropsTheRestAndKeepsNaN() {
    FloatTensor src = Tensors.of(Shape.frame(1, 2, 3), -1, -2, 9, -3, -4, 9);
    assertClose(Tensors.of(Shape.frame(1, 1, 1), -1), MaxPool2dReference.forward(src, 2, 2), 0, 0);
    src.set(0, 0, 1, 0, Float.NaN);
    assertTrue(Float.isNaN(MaxPool2dReference.forward(src, 2, 2).get(0, 0, 0, 0)));
  }

  @Test
  void maxPoolRefusesAWindowThatDoesNotFit() {
    assertEquals(Shape.frame(1, 1, 1), MaxPool2dReference.forward(ramp(1, 1, 7, 7), 7, 3).shape());
    assertThrows(
        IllegalArgumentException.class, () -> MaxPool2dReference.forward(ramp(1, 1, 6, 7), 7, 3));
    assertThrows(
        IllegalArgumentException.class, () -> MaxPool2dReference.forward(ramp(1, 1, 6, 7), 0, 3));
  }

  @Test
  void globalAverageAgreesWithTorch() {
    // ramp(2,2,3,5).mean((2, 3))
    assertClose(
        Tensors.of(new Shape(2, 2, 1, 1), -0.044, 0.01333333333, -0.064, 0.128),
        GlobalAverageReference.forward(ramp(2, 2, 3, 5)));
  }

  @Test
  void globalAverageSumsInDouble() {
    // A float sum of 2^24 + 1 + 1 + 0 stays at 2^24.
    assertEquals(
        4194304.5f,
        GlobalAverageReference.forward(Tensors.of(Shape.frame(1, 1, 4), 16777216, 1, 1, 0))
            .get(0, 0, 0, 0));
  }
}
