package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of {@link Activate} against its reference. */
@OnEveryDeviceClass
class ActivateTest {
  private final DeviceFixture device;

  ActivateTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  private void check(Activation activation, Parameter slopes) {
    Activate operator = new Activate(activation, slopes);
    for (Shape shape : Sizes.frames(5, device.tuning().lanes())) {
      device.check(operator, 0, Operand.frame(Tensors.random(shape.w(), shape)));
    }
    for (Shape shape : Sizes.patches(5)) {
      device.check(operator, 0, Operand.patches(Tensors.random(shape.n(), shape)));
    }
  }

  @Test
  void relu() {
    check(Activation.RELU, null);
  }

  @Test
  void leakyReluOfAnySlope() {
    check(Activation.leakyRelu(0.1f), null);
    check(Activation.leakyRelu(1.5f), null);
    check(Activation.leakyRelu(-0.5f), null);
  }

  @Test
  void preluOfOneSlopeAndOfOneAChannel() {
    check(Activation.PRELU, Conv2dTest.ramp(5));
    check(Activation.PRELU, new Parameter("slope", Tensors.of(Shape.frame(1, 1, 1), 0.25)));
  }

  @Test
  void sigmoidAlsoWhereItSaturates() {
    check(Activation.SIGMOID, null);
    FloatTensor far = Tensors.of(Shape.frame(1, 1, 6), -1000, -90, -1e-30, 0, 90, 1000);
    device.check(new Activate(Activation.SIGMOID, null), 0, Operand.frame(far));
  }

  @Test
  void aNanStaysNan() {
    FloatTensor src = Tensors.ramp(1, 5, 2, 17);
    src.data()[18] = Float.NaN;
    for (Activation activation :
        List.of(Activation.RELU, Activation.leakyRelu(0.1f), Activation.SIGMOID)) {
      FloatTensor dst = device.run(new Activate(activation, null), Operand.frame(src));
      assertTrue(Float.isNaN(dst.data()[18]), activation.toString());
      assertTrue(Float.isFinite(dst.data()[19]), activation.toString());
    }
  }
}
