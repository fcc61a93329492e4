package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of {@link ScaleChannels} against its reference. */
@OnEveryDeviceClass
class ScaleChannelsTest {
  private final DeviceFixture device;

  ScaleChannelsTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  @Test
  void frames() {
    for (Shape shape : Sizes.frames(5, 16)) {
      device.check(
          new ScaleChannels(),
          2,
          Operand.frame(Tensors.random(1, shape)),
          Operand.frame(Tensors.random(2, shape.withSize(1, 1))),
          Operand.frame(Tensors.random(3, shape)));
    }
  }

  @Test
  void everyPatchHasScalesOfItsOwn() {
    for (Shape shape : Sizes.patches(5)) {
      device.check(
          new ScaleChannels(),
          2,
          Operand.patches(Tensors.random(1, shape)),
          Operand.patches(Tensors.random(2, shape.withSize(1, 1))),
          Operand.patches(Tensors.random(3, shape)));
    }
  }

  @Test
  void scalesOfAnotherSizeAreRefused() {
    TensorType src = TensorType.frame(5, 4, 4);
    assertThrows(
        IllegalArgumentException.class, () -> new ScaleChannels().output(List.of(src, src, src)));
  }
}
