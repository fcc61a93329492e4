package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of {@link ConvTranspose2d} against its reference. */
@OnEveryDeviceClass
class ConvTranspose2dTest {
  private final DeviceFixture device;

  ConvTranspose2dTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  private static ConvTranspose2d conv(int scale, int filter, int in, int out) {
    return new ConvTranspose2d(
        Conv2dTest.ramp(in, out, filter, filter), Conv2dTest.ramp(out), scale, filter / 2);
  }

  private void checkFrames(ConvTranspose2d conv) {
    Shape filters = conv.weights().value().shape();
    for (Shape shape : Sizes.frames(filters.n(), 4 * device.tuning().lanes())) {
      device.check(conv, taps(filters), Operand.frame(Tensors.random(shape.w(), shape)));
    }
  }

  private void checkPatches(ConvTranspose2d conv) {
    Shape filters = conv.weights().value().shape();
    for (Shape shape : Sizes.patches(filters.n())) {
      device.check(conv, taps(filters), Operand.patches(Tensors.random(shape.n(), shape)));
    }
  }

  private static int taps(Shape filters) {
    return filters.n() * filters.h() * filters.w();
  }

  @Test
  void scale2() {
    checkFrames(conv(2, 9, 5, 3));
    checkPatches(conv(2, 9, 5, 3));
    checkFrames(conv(2, 3, 1, 1));
  }

  @Test
  void scale3() {
    checkFrames(conv(3, 9, 2, 3));
    checkFrames(conv(3, 5, 2, 2));
    checkPatches(conv(3, 5, 2, 2));
  }

  @Test
  void scale4() {
    checkFrames(conv(4, 9, 3, 3));
    checkPatches(conv(4, 9, 3, 3));
  }

  @Test
  void phasesThatNoTapReachesHoldTheBias() {
    checkFrames(conv(4, 1, 2, 1));
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    ConvTranspose2d conv = conv(2, 3, 5, 3);
    TensorType four = TensorType.frame(4, 9, 9);
    assertThrows(IllegalArgumentException.class, () -> conv.output(List.of(four)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ConvTranspose2d(conv.weights(), conv.bias(), 2, 2));
  }
}
