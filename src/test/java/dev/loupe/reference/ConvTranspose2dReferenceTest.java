package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvTranspose2dReferenceTest {
  @Test
  void aDeltaComesBackAsTheFilter() {
    FloatTensor delta = FloatTensor.zeros(Shape.frame(1, 2, 2));
    delta.set(0, 0, 1, 0, 1);
    FloatTensor weights = Tensors.of(Shape.frame(1, 2, 2), 1, 2, 3, 4);
    // Stride 3 leaves a gap of one pixel between the 2x2 filters, output padding a row at the end.
    FloatTensor expected = FloatTensor.zeros(Shape.frame(1, 6, 6));
    expected.set(0, 0, 3, 0, 1);
    expected.set(0, 0, 3, 1, 2);
    expected.set(0, 0, 4, 0, 3);
    expected.set(0, 0, 4, 1, 4);
    assertClose(
        expected,
        ConvTranspose2dReference.forward(delta, weights, null, new ConvGeometry(2, 2, 3, 0), 1),
        0,
        0);
  }

  /** The inner product of conv(x) and y equals that of x and convTranspose(y). */
  @ParameterizedTest
  @CsvSource({
    // h, w, filterH, filterW, stride, padding
    "1, 1, 1, 1, 1, 0",
    "4, 8, 9, 9, 4, 4",
    "6, 9, 9, 9, 3, 4",
    "14, 10, 9, 9, 2, 4",
    "7, 5, 3, 3, 1, 1",
    "11, 13, 3, 3, 2, 0",
    "12, 9, 2, 5, 3, 1",
  })
  void isTheAdjointOfConv2d(int h, int w, int filterH, int filterW, int stride, int padding) {
    ConvGeometry geometry = new ConvGeometry(filterH, filterW, stride, padding);
    FloatTensor x = Tensors.random(1, new Shape(2, 3, h, w));
    FloatTensor weights = Tensors.random(2, new Shape(5, 3, filterH, filterW));
    FloatTensor convolved =
        Conv2dReference.forward(x, weights, null, geometry, Activation.NONE, null, null);
    FloatTensor y = Tensors.random(3, convolved.shape());
    int outputPadding = h - geometry.transposedHeight(convolved.shape().h(), 0);
    assertEquals(outputPadding, w - geometry.transposedWidth(convolved.shape().w(), 0), "case");
    FloatTensor transposed =
        ConvTranspose2dReference.forward(y, weights, null, geometry, outputPadding);
    double scale = Math.sqrt(inner(convolved, convolved) * inner(y, y));
    assertEquals(inner(convolved, y), inner(x, transposed), 1e-7 * scale);
  }

  private static double inner(FloatTensor a, FloatTensor b) {
    assertEquals(a.shape(), b.shape());
    double sum = 0;
    for (int i = 0; i < a.data().length; i++) {
      sum += (double) a.data()[i] * b.data()[i];
    }
    return sum;
  }

  @Test
  void agreesWithTorch() {
    // F.conv_transpose2d(ramp(1,2,2,2), ramp(2,1,3,3), ramp(1), 2, 1, output_padding=1)
    assertClose(
        Tensors.of(
            Shape.frame(1, 4, 4),
            -0.7832,
            -1.524,
            -0.1024,
            -1.284,
            -1.148,
            1.2508,
            0.2944,
            -1.6964,
            -0.9568,
            0.3912,
            -0.5992,
            -1.4892,
            -0.8928,
            -1.0028,
            -0.6432,
            -0.3616),
        ConvTranspose2dReference.forward(
            ramp(1, 2, 2, 2), ramp(2, 1, 3, 3), ramp(1, 1, 1, 1), new ConvGeometry(3, 3, 2, 1), 1));
  }

  @Test
  void agreesWithTorchOnTheFsrcnnTail() {
    // F.conv_transpose2d(ramp(1,3,3,2), ramp(3,2,9,9), ramp(2), 4, 4, output_padding=3)
    FloatTensor dst =
        ConvTranspose2dReference.forward(
            ramp(1, 3, 3, 2), ramp(3, 2, 9, 9), ramp(1, 2, 1, 1), new ConvGeometry(9, 9, 4, 4), 3);
    assertEquals(Shape.frame(2, 12, 8), dst.shape());
    // [0, :, ::5, ::3] of it
    FloatTensor sampled = FloatTensor.zeros(Shape.frame(2, 3, 3));
    for (int i = 0; i < sampled.data().length; i++) {
      sampled.data()[i] = dst.get(0, i / 9, i / 3 % 3 * 5, i % 3 * 3);
    }
    assertClose(
        Tensors.of(
            Shape.frame(2, 3, 3),
            0.1408,
            0.196,
            -1.0564,
            -2.2092,
            -1.7936,
            -1.3392,
            -0.4168,
            -0.1088,
            -1.6172,
            -1.3052,
            -0.442,
            0.1352,
            0.7024,
            0.31,
            -1.1604,
            -0.2084,
            1.554,
            1.0332),
        sampled);
  }

  @Test
  void pixelsThatNoFilterReachesAreBias() {
    FloatTensor src = Tensors.of(Shape.frame(1, 1, 1), 5);
    FloatTensor weights = Tensors.of(Shape.frame(1, 1, 1), 2);
    FloatTensor bias = Tensors.of(Shape.frame(1, 1, 1), 0.5);
    assertClose(
        Tensors.of(Shape.frame(1, 3, 3), 10.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
        ConvTranspose2dReference.forward(src, weights, bias, new ConvGeometry(1, 1, 3, 0), 2),
        0,
        0);
  }

  @Test
  void refusesWhatDoesNotFit() {
    FloatTensor src = ramp(1, 2, 3, 3);
    ConvGeometry geometry = new ConvGeometry(3, 3, 2, 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> ConvTranspose2dReference.forward(src, ramp(3, 2, 3, 3), null, geometry, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> ConvTranspose2dReference.forward(src, ramp(2, 3, 3, 3), null, geometry, 2));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ConvTranspose2dReference.forward(src, ramp(2, 3, 3, 3), ramp(1, 2, 1, 1), geometry, 1));
  }
}
