package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of UpsampleNearestReference and UpsampleBilinearReference. */
class UpsampleReferenceTest {
  @Test
  void nearestRepeatsPixels() {
    assertClose(
        Tensors.of(
            Shape.frame(2, 2, 6),
            1,
            1,
            2,
            2,
            3,
            3,
            1,
            1,
            2,
            2,
            3,
            3,
            4,
            4,
            5,
            5,
            6,
            6,
            4,
            4,
            5,
            5,
            6,
            6),
        UpsampleNearestReference.forward(Tensors.of(Shape.frame(2, 1, 3), 1, 2, 3, 4, 5, 6), 2),
        0,
        0);
  }

  @Test
  void bilinearAgreesWithTorchOnScales() {
    // F.interpolate(ramp(1,1,2,3), scale_factor=2, mode='bilinear', align_corners=False)
    assertClose(
        Tensors.of(
            Shape.frame(1, 4, 6),
            -0.78,
            -0.595,
            -0.225,
            0.145,
            0.515,
            0.7,
            -0.73,
            -0.545,
            -0.175,
            0.195,
            0.565,
            0.75,
            -0.63,
            -0.445,
            -0.075,
            0.295,
            0.665,
            0.85,
            -0.58,
            -0.395,
            -0.025,
            0.345,
            0.715,
            0.9),
        UpsampleBilinearReference.forward(ramp(1, 1, 2, 3), 4, 6));
    // F.interpolate(ramp(1,1,1,2), scale_factor=4, mode='bilinear', align_corners=False)[..., :1,
    // :]
    FloatTensor row = UpsampleBilinearReference.forward(ramp(1, 1, 1, 2), 4, 8);
    for (int y = 0; y < 4; y++) {
      FloatTensor actual = FloatTensor.zeros(Shape.frame(1, 1, 8));
      System.arraycopy(row.data(), 8 * y, actual.data(), 0, 8);
      assertClose(
          Tensors.of(
              Shape.frame(1, 1, 8), -0.78, -0.78, -0.6875, -0.5025, -0.3175, -0.1325, -0.04, -0.04),
          actual);
    }
  }

  @Test
  void bilinearAgreesWithTorchOnSizes() {
    // F.interpolate(ramp(1,1,2,3), size=(5,4), mode='bilinear', align_corners=False)
    assertClose(
        Tensors.of(
            Shape.frame(1, 5, 4),
            -0.78,
            -0.3175,
            0.2375,
            0.7,
            -0.76,
            -0.2975,
            0.2575,
            0.72,
            -0.68,
            -0.2175,
            0.3375,
            0.8,
            -0.6,
            -0.1375,
            0.4175,
            0.88,
            -0.58,
            -0.1175,
            0.4375,
            0.9),
        UpsampleBilinearReference.forward(ramp(1, 1, 2, 3), 5, 4));
    // F.interpolate(ramp(1,1,5,4), size=(2,3), mode='bilinear', align_corners=False)
    assertClose(
        Tensors.of(
            Shape.frame(1, 2, 3),
            0.04833333333,
            0.2775,
            0.08583333333,
            0.2941666667,
            0.1025,
            -0.08916666667),
        UpsampleBilinearReference.forward(ramp(1, 1, 5, 4), 2, 3));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 7, 3", "3, 5, 3, 5", "2, 2, 13, 17", "9, 4, 1, 1"})
  void bilinearKeepsAConstant(int h, int w, int height, int width) {
    FloatTensor ones = FloatTensor.zeros(new Shape(2, 3, h, w));
    Arrays.fill(ones.data(), 0.75f);
    FloatTensor expected = FloatTensor.zeros(new Shape(2, 3, height, width));
    Arrays.fill(expected.data(), 0.75f);
    assertClose(expected, UpsampleBilinearReference.forward(ones, height, width), 0, 0);
  }

  @Test
  void bothKeepTheTensorAtScaleOneAndRefuseZero() {
    FloatTensor src = ramp(2, 3, 5, 7);
    assertClose(src, UpsampleNearestReference.forward(src, 1), 0, 0);
    assertClose(src, UpsampleBilinearReference.forward(src, 5, 7), 0, 0);
    assertThrows(IllegalArgumentException.class, () -> UpsampleNearestReference.forward(src, 0));
    assertThrows(
        IllegalArgumentException.class, () -> UpsampleBilinearReference.forward(src, 0, 7));
  }
}
