package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnCpuAndGpuClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link PixelShuffle} against its reference. */
@OnCpuAndGpuClass
class PixelShuffleTest {
  private final DeviceFixture device;

  PixelShuffleTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void factors(int factor) {
    for (Shape shape : Sizes.frames(3 * factor * factor, 16)) {
      device.checkExact(new PixelShuffle(factor), Operand.frame(Tensors.random(shape.w(), shape)));
    }
    for (Shape shape : Sizes.patches(2 * factor * factor)) {
      device.checkExact(
          new PixelShuffle(factor), Operand.patches(Tensors.random(shape.n(), shape)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 9})
  void channelsThatAreNoMultipleAreRefused(int channels) {
    TensorType src = TensorType.frame(channels, 4, 4);
    assertThrows(IllegalArgumentException.class, () -> new PixelShuffle(2).output(List.of(src)));
  }
}
