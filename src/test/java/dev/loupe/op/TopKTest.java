package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnCpuAndGpuClass;
import dev.loupe.testing.Tensors;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests of {@link TopK} and {@link AllCells}: the same cells as the reference, ties too. */
@OnCpuAndGpuClass
class TopKTest {
  private final DeviceFixture device;

  TopKTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  private void check(FloatTensor mask) {
    int cells = mask.data().length;
    List.of(1, 2, cells / 7, cells / 2, cells - 1, cells).stream()
        .filter(k -> k > 0 && k <= cells)
        .distinct()
        .forEach(k -> device.checkExact(new TopK(k), Operand.frame(mask)));
  }

  @Test
  void randomMasksOfEverySize() {
    int[][] sizes = {{1, 1}, {1, 2}, {2, 1}, {1, 17}, {31, 1}, {7, 37}, {16, 16}, {33, 129}};
    for (int[] size : sizes) {
      check(Tensors.random(size[1], Shape.frame(1, size[0], size[1])));
    }
  }

  @Test
  void aFrameOf4k() {
    check(Tensors.random(1, Shape.frame(1, 201, 299)));
  }

  @Test
  void manyTies() {
    Random random = new Random(7);
    for (int kinds = 1; kinds <= 4; kinds++) {
      FloatTensor mask = FloatTensor.zeros(Shape.frame(1, 23, 41));
      for (int i = 0; i < mask.data().length; i++) {
        mask.data()[i] = random.nextInt(kinds) - 1.5f;
      }
      check(mask);
    }
  }

  @Test
  void zerosOfBothSignsTieAndInfinitiesRank() {
    float[] values = {0f, -0f, 1e-30f, -1e-30f, 3.4e38f, -3.4e38f};
    Random random = new Random(8);
    FloatTensor mask = FloatTensor.zeros(Shape.frame(1, 13, 21));
    for (int i = 0; i < mask.data().length; i++) {
      mask.data()[i] = values[random.nextInt(values.length)];
    }
    check(mask);
    mask.data()[17] = Float.POSITIVE_INFINITY;
    mask.data()[170] = Float.POSITIVE_INFINITY;
    mask.data()[41] = Float.NEGATIVE_INFINITY;
    check(mask);
  }

  @Test
  void neighboursOfOneUlpAreToldApart() {
    FloatTensor mask = FloatTensor.zeros(Shape.frame(1, 9, 31));
    float value = 0.5f;
    for (int i = 0; i < mask.data().length; i++) {
      mask.data()[(i * 100) % mask.data().length] = value = Math.nextUp(value);
    }
    check(mask);
  }

  @Test
  void aNanRaisesTheStatus() {
    FloatTensor mask = Tensors.ramp(1, 1, 9, 31);
    device.run(new TopK(5), Operand.frame(mask));
    assertEquals(0, device.status());
    mask.data()[200] = Float.NaN;
    device.run(new TopK(5), Operand.frame(mask));
    assertEquals(LaunchRecorder.NOT_FINITE, device.status());
    List<FloatTensor> inputs = List.of(mask);
    assertThrows(ArithmeticException.class, () -> new TopK(5).reference(inputs));
  }

  @Test
  void allCells() {
    for (int cells : new int[] {1, 63, 64, 65, 1000}) {
      device.checkExact(new AllCells(cells));
    }
  }

  @Test
  void kBeyondTheCellsIsRefused() {
    TensorType mask = TensorType.frame(1, 3, 3);
    assertThrows(IllegalArgumentException.class, () -> new TopK(10).output(List.of(mask)));
    assertThrows(IllegalArgumentException.class, () -> new TopK(0).output(List.of(mask)));
    TensorType two = TensorType.frame(2, 3, 3);
    assertThrows(IllegalArgumentException.class, () -> new TopK(1).output(List.of(two)));
  }
}
