package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.api.Test;

class GridMeanReferenceTest {
  @Test
  void partialCellsAverageTheirRealPixels() {
    assertClose(
        Tensors.of(Shape.frame(1, 2, 2), 3, 4.5, 7.5, 9),
        GridMeanReference.forward(Tensors.of(Shape.frame(1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9), 2),
        0,
        0);
  }

  @Test
  void agreesWithTorch() {
    // nets.grid_mean(ramp(1,2,5,7), 4)
    assertClose(
        Tensors.of(
            Shape.frame(2, 2, 2),
            0.02,
            -0.08333333333,
            -0.16,
            0.07333333333,
            0.03875,
            0.06166666667,
            -0.015,
            -0.2866666667),
        GridMeanReference.forward(ramp(1, 2, 5, 7), 4));
  }

  @Test
  void smallestAndLargestCells() {
    assertClose(ramp(2, 3, 5, 1), GridMeanReference.forward(ramp(2, 3, 5, 1), 1), 0, 0);
    assertClose(
        Tensors.of(Shape.frame(1, 1, 1), 2.5),
        GridMeanReference.forward(Tensors.of(Shape.frame(1, 2, 2), 1, 2, 3, 4), 8),
        0,
        0);
    assertThrows(
        IllegalArgumentException.class, () -> GridMeanReference.forward(ramp(1, 1, 2, 2), 0));
  }
}
