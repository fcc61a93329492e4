package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.reference.PixelShuffleReference;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.TensorAssert;
import dev.loupe.testing.Tensors;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link PixelsToTensor} and {@link TensorToPixels}. */
@OnEveryDeviceClass
class PixelsTest {
  private final DeviceFixture device;

  PixelsTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  private static FloatTensor samples(Shape shape, int peak) {
    Random random = new Random(shape.w());
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = random.nextInt(peak + 1);
    }
    tensor.data()[0] = peak;
    return tensor;
  }

  @ParameterizedTest
  @CsvSource({"1, PIXELS8, 1", "3, PIXELS8, 255", "3, PIXELS16, 1", "1, PIXELS16, 255"})
  void toTensor(int channels, Layout layout, float range) {
    int peak = layout == Layout.PIXELS16 ? 65535 : 255;
    for (Shape shape : Sizes.frames(channels, 64)) {
      FloatTensor pixels = samples(shape, peak);
      FloatTensor actual = device.run(new PixelsToTensor(range), Operand.of(pixels, layout));
      FloatTensor expected = FloatTensor.zeros(shape.withChannels(3));
      for (int i = 0; i < expected.data().length; i++) {
        double sample = pixels.data()[i % pixels.data().length];
        expected.data()[i] = (float) (sample / peak * range);
      }
      TensorAssert.assertClose(expected, actual, 0, 2e-7);
      if (layout == Layout.PIXELS8) {
        FloatTensor twin = new PixelsToTensor(range).reference(List.of(pixels));
        TensorAssert.assertClose(expected, twin, 0, 2e-7);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 3, PIXELS8, 1",
    "2, 3, PIXELS16, 1",
    "3, 3, PIXELS8, 255",
    "4, 3, PIXELS8, 1",
    "1, 1, PIXELS16, 1",
    "3, 1, PIXELS8, 1",
    "4, 1, PIXELS8, 255"
  })
  void toPixels(int factor, int samples, Layout layout, float range) {
    int peak = layout == Layout.PIXELS16 ? 65535 : 255;
    TensorToPixels operator = new TensorToPixels(factor, range, samples, layout);
    for (Shape shape : Sizes.frames(3 * factor * factor, 64)) {
      FloatTensor src = Tensors.random(shape.w(), shape);
      for (int i = 0; i < src.data().length; i++) {
        src.data()[i] *= range;
      }
      FloatTensor actual = device.run(operator, Operand.frame(src));
      assertEquals(0, device.status());
      FloatTensor rgb = factor == 1 ? src : PixelShuffleReference.forward(src, factor);
      assertRounded(rgb, actual, peak / (double) range, peak);
      assertRounded(rgb, operator.reference(List.of(src)), peak / (double) range, peak);
    }
  }

  /** The nearest sample; which one, next to the middle of two, is up to the last bits. */
  private static void assertRounded(FloatTensor rgb, FloatTensor pixels, double scale, int peak) {
    int plane = (int) rgb.shape().plane();
    float[] src = rgb.data();
    for (int i = 0; i < pixels.data().length; i++) {
      double value =
          pixels.shape().c() == 3
              ? src[i]
              : 0.299 * src[i] + 0.587 * src[i + plane] + 0.114 * src[i + 2 * plane];
      double exact = Math.max(0, Math.min(peak, value * scale));
      double error = Math.abs(pixels.data()[i] - exact);
      assertTrue(
          error <= 0.5 + 1e-6 * peak,
          "sample %d is %s, exactly %s".formatted(i, pixels.data()[i], exact));
    }
  }

  @Test
  void halvesAreRoundedToEven() {
    FloatTensor src =
        Tensors.of(Shape.frame(3, 1, 3), 0.5, 1.5, 2.5, 253.5, 254.5, -0.5, 255.5, 0.49, 300);
    device.checkExact(new TensorToPixels(1, 255, 3, Layout.PIXELS8), Operand.frame(src));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void whatIsNotFiniteRaisesTheStatus(float bad) {
    for (int samples : new int[] {1, 3}) {
      TensorToPixels operator = new TensorToPixels(2, 1, samples, Layout.PIXELS8);
      FloatTensor src = Tensors.ramp(1, 12, 3, 70);
      for (int at : new int[] {0, 69, src.data().length - 1}) {
        FloatTensor broken = src.copy();
        broken.data()[at] = bad;
        device.run(operator, Operand.frame(broken));
        assertEquals(LaunchRecorder.NOT_FINITE, device.status(), "element " + at);
      }
      device.run(operator, Operand.frame(src));
      assertEquals(0, device.status());
    }
  }

  @Test
  void channelsThatDoNotFitAreRefused() {
    TensorType two = new TensorType(Shape.frame(2, 4, 4), Layout.PIXELS8);
    assertThrows(IllegalArgumentException.class, () -> new PixelsToTensor(1).output(List.of(two)));
    TensorToPixels twelve = new TensorToPixels(2, 1, 3, Layout.PIXELS8);
    TensorType three = TensorType.frame(3, 4, 4);
    assertThrows(IllegalArgumentException.class, () -> twelve.output(List.of(three)));
  }
}
