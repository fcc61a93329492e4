package dev.loupe.op;

import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnCpuAndGpuClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link ExtendEdges} against its reference. */
@OnCpuAndGpuClass
class ExtendEdgesTest {
  private final DeviceFixture device;

  ExtendEdgesTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "15, 15", "3, 70", "60, 2"})
  void growsAndCrops(int height, int width) {
    for (Shape shape : Sizes.frames(3, 16)) {
      device.checkExact(new ExtendEdges(height, width), Operand.frame(Tensors.random(1, shape)));
    }
  }
}
