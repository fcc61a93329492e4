package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.api.Test;

class ActivationReferenceTest {
  private static final Shape SHAPE = new Shape(2, 2, 1, 2);
  private static final FloatTensor SRC = Tensors.of(SHAPE, -2, 3, -1, 0, 5, -4, -8, 1);

  @Test
  void followsTheFormulas() {
    assertClose(SRC, ActivationReference.forward(SRC, Activation.NONE, null), 0, 0);
    assertClose(
        Tensors.of(SHAPE, 0, 3, 0, 0, 5, 0, 0, 1),
        ActivationReference.forward(SRC, Activation.RELU, null),
        0,
        0);
    assertClose(
        Tensors.of(SHAPE, -0.5, 3, -0.25, 0, 5, -1, -2, 1),
        ActivationReference.forward(SRC, Activation.leakyRelu(0.25f), null),
        0,
        0);
    assertClose(
        Tensors.of(
            SHAPE,
            0.1192029220,
            0.9525741268,
            0.2689414214,
            0.5,
            0.9933071491,
            0.0179862100,
            0.0003353501,
            0.7310585786),
        ActivationReference.forward(SRC, Activation.SIGMOID, null),
        1e-9,
        1e-6);
  }

  @Test
  void preluTakesASlopeForEachChannelOrOneForAll() {
    assertClose(
        Tensors.of(SHAPE, -1, 3, -0.25, 0, 5, -2, -2, 1),
        ActivationReference.forward(
            SRC, Activation.PRELU, Tensors.of(Shape.frame(2, 1, 1), 0.5, 0.25)),
        0,
        0);
    assertClose(
        Tensors.of(SHAPE, -1, 3, -0.5, 0, 5, -2, -4, 1),
        ActivationReference.forward(SRC, Activation.PRELU, Tensors.of(Shape.frame(1, 1, 1), 0.5)),
        0,
        0);
  }

  @Test
  void sigmoidSaturatesAndNaNStaysNaN() {
    FloatTensor src = Tensors.of(Shape.frame(1, 1, 3), -1e4, 1e4, Double.NaN);
    float[] dst = ActivationReference.forward(src, Activation.SIGMOID, null).data();
    assertEquals(0f, dst[0]);
    assertEquals(1f, dst[1]);
    assertTrue(Float.isNaN(dst[2]));
    assertTrue(Float.isNaN(ActivationReference.forward(src, Activation.RELU, null).data()[2]));
  }

  @Test
  void refusesSlopesThatDoNotFit() {
    FloatTensor three = Tensors.of(Shape.frame(3, 1, 1), 1, 2, 3);
    assertThrows(
        IllegalArgumentException.class,
        () -> ActivationReference.forward(SRC, Activation.PRELU, three));
    assertThrows(
        IllegalArgumentException.class,
        () -> ActivationReference.forward(SRC, Activation.PRELU, null));
    assertThrows(
        IllegalArgumentException.class,
        () -> ActivationReference.forward(SRC, Activation.RELU, three));
  }
}
