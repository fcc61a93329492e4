package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.api.Test;

class PixelShuffleReferenceTest {
  @Test
  void agreesWithTorch() {
    // F.pixel_shuffle(ramp(1,8,1,2), 2)
    assertClose(
        Tensors.of(
            Shape.frame(2, 2, 4),
            -0.78,
            0.7,
            -0.04,
            -0.58,
            0.16,
            -0.38,
            0.9,
            0.36,
            -0.92,
            0.56,
            -0.18,
            -0.72,
            0.02,
            -0.52,
            0.76,
            0.22),
        PixelShuffleReference.forward(ramp(1, 8, 1, 2), 2));
  }

  @Test
  void factorOneKeepsTheTensor() {
    assertClose(ramp(2, 3, 5, 7), PixelShuffleReference.forward(ramp(2, 3, 5, 7), 1), 0, 0);
  }

  @Test
  void refusesChannelsThatDoNotDivide() {
    assertThrows(
        IllegalArgumentException.class, () -> PixelShuffleReference.forward(ramp(1, 8, 1, 1), 3));
    assertThrows(
        IllegalArgumentException.class, () -> PixelShuffleReference.forward(ramp(1, 8, 1, 1), 0));
  }
}
