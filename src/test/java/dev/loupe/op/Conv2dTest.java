package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of {@link Conv2d} and {@link AddedConv2d} against their reference. */
@OnEveryDeviceClass
class Conv2dTest {
  private static final Activation LEAKY = Activation.leakyRelu(0.1f);

  private final DeviceFixture device;

  Conv2dTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  static Parameter ramp(int... dims) {
    Shape shape =
        dims.length == 1
            ? Shape.frame(dims[0], 1, 1)
            : new Shape(dims[0], dims[1], dims[2], dims[3]);
    return new Parameter("test", Tensors.ramp(shape));
  }

  private static Conv2d conv(int in, int out, ConvGeometry geometry, Activation activation) {
    Parameter slopes = activation.equals(Activation.PRELU) ? ramp(out) : null;
    return new Conv2d(
        ramp(out, in, geometry.filterHeight(), geometry.filterWidth()),
        ramp(out),
        geometry,
        activation,
        slopes);
  }

  private void checkFrames(Conv2d conv, boolean residual) {
    Shape filters = conv.weights().value().shape();
    int step =
        device.tuning().block(filters.n(), Integer.MAX_VALUE).vectors() * device.tuning().lanes();
    for (Shape shape : Sizes.frames(filters.c(), step, conv.geometry())) {
      check(conv, Operand.frame(Tensors.random(shape.w(), shape)), residual);
    }
  }

  private void checkPatches(Conv2d conv, boolean residual) {
    for (Shape shape : Sizes.patches(conv.weights().value().shape().c())) {
      check(conv, Operand.patches(Tensors.random(shape.n(), shape)), residual);
    }
  }

  private void check(Conv2d conv, Operand src, boolean residual) {
    Shape filters = conv.weights().value().shape();
    int terms = filters.c() * filters.h() * filters.w();
    if (residual) {
      Operand sum = sum(conv, src);
      device.check(conv, terms, src, sum);
      if (!conv.gate()) {
        device.check(new AddedConv2d(conv), terms, src, sum);
      }
    } else {
      device.check(conv, terms, src);
    }
  }

  /** What a convolution of {@code src} is added to, or multiplies. */
  private static Operand sum(Conv2d conv, Operand src) {
    Conv2d alone = new Conv2d(conv.weights(), conv.bias(), conv.geometry(), Activation.NONE, null);
    TensorType type = alone.output(List.of(src.type()));
    return new Operand(type, Tensors.random(5, type.shape()));
  }

  @Test
  void pointwise() {
    Conv2d biased = conv(13, 5, ConvGeometry.same(1), Activation.NONE);
    Conv2d unbiased = new Conv2d(biased.weights(), null, biased.geometry(), Activation.NONE, null);
    checkFrames(biased, false);
    checkFrames(unbiased, false);
    checkPatches(unbiased, false);
    checkFrames(conv(12, 56, ConvGeometry.same(1), Activation.PRELU), false);
  }

  @Test
  void windowOf3WithResidual() {
    Conv2d conv = conv(12, 12, ConvGeometry.same(3), Activation.PRELU);
    checkFrames(conv, true);
    checkPatches(conv, true);
  }

  @Test
  void windowOf3Valid() {
    Conv2d conv = conv(12, 13, ConvGeometry.valid(3), LEAKY);
    checkFrames(conv, false);
    checkPatches(conv, false);
  }

  @Test
  void windowOf5WithOneSlopeForAll() {
    Conv2d conv = conv(1, 56, ConvGeometry.same(5), Activation.PRELU); // too few for Winograd
    Parameter slope = new Parameter("slope", Tensors.of(Shape.frame(1, 1, 1), -0.3));
    checkFrames(
        new Conv2d(conv.weights(), conv.bias(), conv.geometry(), Activation.PRELU, slope), false);
  }

  @Test
  void windowOf9() {
    Conv2d conv = conv(1, 1, ConvGeometry.same(9), Activation.NONE);
    checkFrames(conv, false);
    checkPatches(conv, false);
  }

  @Test
  void fewChannelsTakeTheWidestBlocks() {
    checkFrames(conv(2, 25, ConvGeometry.same(3), Activation.SIGMOID), false);
    checkFrames(conv(25, 2, ConvGeometry.same(3), Activation.NONE), false);
    checkPatches(conv(5, 3, ConvGeometry.same(3), Activation.RELU), false);
  }

  @Test
  void strides() {
    Conv2d two = conv(5, 3, new ConvGeometry(3, 3, 2, 1), Activation.RELU);
    checkFrames(two, true);
    checkPatches(two, false);
    checkFrames(conv(1, 2, new ConvGeometry(3, 3, 3, 0), Activation.NONE), false);
  }

  /** As those of RFDN's and PAN's concatenations, which are never made. */
  @Test
  void pointwiseWithResidual() {
    Conv2d conv = conv(25, 50, ConvGeometry.same(1), LEAKY);
    checkFrames(conv, true);
    checkPatches(conv, true);
  }

  @Test
  void gates() {
    Conv2d conv = conv(12, 13, ConvGeometry.same(1), LEAKY);
    Conv2d gate = new Conv2d(conv.weights(), conv.bias(), conv.geometry(), LEAKY, null, true);
    checkFrames(gate, true);
    checkPatches(gate, true);
  }

  @Test
  void aGateWithNothingToMultiplyIsRefused() {
    Conv2d conv = conv(3, 3, ConvGeometry.same(1), Activation.NONE);
    Conv2d gate =
        new Conv2d(conv.weights(), conv.bias(), conv.geometry(), Activation.NONE, null, true);
    TensorType src = TensorType.frame(3, 4, 4);
    assertThrows(IllegalArgumentException.class, () -> gate.output(List.of(src)));
    assertThrows(IllegalArgumentException.class, () -> new AddedConv2d(gate));
  }

  @Test
  void windowThatIsNotSquare() {
    checkFrames(conv(2, 3, new ConvGeometry(3, 5, 1, 1), Activation.NONE), false);
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    Conv2d conv = conv(3, 5, ConvGeometry.valid(3), Activation.NONE);
    TensorType four = TensorType.frame(4, 9, 9);
    assertThrows(IllegalArgumentException.class, () -> conv.output(List.of(four)));
    TensorType small = TensorType.frame(3, 2, 9);
    assertThrows(IllegalArgumentException.class, () -> conv.output(List.of(small)));
    TensorType src = TensorType.frame(3, 9, 9);
    assertThrows(IllegalArgumentException.class, () -> conv.output(List.of(src, src)));
  }

  @Test
  void aLargeFrameSpansManyBlocks() {
    FloatTensor src = Tensors.ramp(Shape.frame(12, 41, 223));
    check(conv(12, 12, ConvGeometry.same(3), Activation.PRELU), Operand.frame(src), true);
  }
}
