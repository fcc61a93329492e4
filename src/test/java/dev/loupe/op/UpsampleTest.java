package dev.loupe.op;

import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link UpsampleNearest} and {@link UpsampleBilinear} against their references. */
@OnEveryDeviceClass
class UpsampleTest {
  private static final int LERPS = 3;

  private final DeviceFixture device;

  UpsampleTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void nearest(int scale) {
    for (Shape shape : Sizes.frames(3, 16)) {
      device.checkExact(new UpsampleNearest(scale), Operand.frame(Tensors.random(1, shape)));
    }
    for (Shape shape : Sizes.patches(2)) {
      device.checkExact(new UpsampleNearest(scale), Operand.patches(Tensors.random(1, shape)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void bilinearByAScale(int scale) {
    for (Shape shape : Sizes.frames(3, 16)) {
      device.check(
          UpsampleBilinear.times(scale, shape), LERPS, Operand.frame(Tensors.random(1, shape)));
    }
  }

  @Test
  void bilinearToAnySize() {
    Shape[] targets = {Shape.frame(1, 1, 1), Shape.frame(1, 7, 50), Shape.frame(1, 61, 13)};
    for (Shape target : targets) {
      for (Shape shape : Sizes.frames(2, 16)) {
        device.check(UpsampleBilinear.to(target), LERPS, Operand.frame(Tensors.random(1, shape)));
      }
      for (Shape shape : Sizes.patches(2)) {
        device.check(UpsampleBilinear.to(target), LERPS, Operand.patches(Tensors.random(1, shape)));
      }
    }
  }

  @Test
  void bilinearOfPatchesOfOnePixel() {
    device.checkExact(
        new UpsampleBilinear(6, 6), Operand.patches(Tensors.random(1, new Shape(17, 12, 1, 1))));
  }
}
