package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link MaxPool2d} and {@link GlobalAverage} against their references. */
@OnEveryDeviceClass
class PoolTest {
  private final DeviceFixture device;

  PoolTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  @ParameterizedTest
  @CsvSource({"7, 3", "2, 2", "1, 1", "3, 1"})
  void maxPool(int filter, int stride) {
    MaxPool2d pool = new MaxPool2d(filter, stride);
    ConvGeometry geometry = new ConvGeometry(filter, filter, stride, 0);
    for (Shape shape : Sizes.frames(3, 16, geometry)) {
      device.checkExact(pool, Operand.frame(Tensors.random(1, shape)));
    }
    for (Shape shape : Sizes.patches(2)) {
      Shape fitting = shape.withSize(Math.max(shape.h(), filter), Math.max(shape.w(), filter));
      device.checkExact(pool, Operand.patches(Tensors.random(1, fitting)));
    }
  }

  @Test
  void maxPoolOfNegativesAndNaN() {
    FloatTensor src =
        Tensors.of(Shape.frame(1, 2, 4), -3, -2, 5, Double.NaN, -1, -7, Double.NaN, 6);
    FloatTensor dst = device.run(new MaxPool2d(2, 2), Operand.frame(src));
    assertArrayEquals(new float[] {-1, Float.NaN}, dst.data());
  }

  @Test
  void aFrameSmallerThanTheWindowIsRefused() {
    MaxPool2d pool = new MaxPool2d(7, 3);
    TensorType low = TensorType.frame(1, 6, 9);
    String message =
        assertThrows(IllegalArgumentException.class, () -> pool.output(List.of(low))).getMessage();
    assertTrue(message.contains("7x7"), message);
  }

  @Test
  void globalAverage() {
    for (Shape shape : Sizes.frames(5, 16)) {
      device.check(new GlobalAverage(), 1, Operand.frame(Tensors.random(1, shape)));
    }
    for (Shape shape : Sizes.patches(5)) {
      device.check(new GlobalAverage(), 1, Operand.patches(Tensors.random(1, shape)));
    }
  }

  @Test
  void globalAverageOfALargeFrameIsAccurateAndRepeatable() {
    FloatTensor src = FloatTensor.zeros(Shape.frame(2, 541, 961));
    for (int i = 0; i < src.data().length; i++) {
      src.data()[i] = 1000 + i % 7;
    }
    Operand operand = Operand.frame(src);
    device.check(new GlobalAverage(), 1, operand);
    assertArrayEquals(
        device.run(new GlobalAverage(), operand).data(),
        device.run(new GlobalAverage(), operand).data());
  }
}
