package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests of the Winograd lowering against the convolution's reference, forced on sizes where it
 * would not pay.
 */
@OnEveryDeviceClass
class WinogradConv2dTest {
  private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8, 13, 61, 63, 64, 65, 66, 127, 129, 193};

  /** Of the largest output: what is documented in the kernel; the promise to users is 1e-4. */
  private static final double ERROR = 2e-5;

  private final DeviceFixture device;

  WinogradConv2dTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  /** A convolution that always takes this lowering. */
  private record Forced(Conv2d conv) implements Operator {
    @Override
    public String name() {
      return "conv2d_winograd";
    }

    @Override
    public TensorType output(List<TensorType> inputs) {
      return conv.output(inputs);
    }

    @Override
    public FloatTensor reference(List<FloatTensor> inputs) {
      return conv.reference(inputs);
    }

    @Override
    public void record(LaunchRecorder recorder, List<TensorView> inputs, TensorView output) {
      TensorView operand = inputs.size() == 2 ? inputs.get(1) : null;
      WinogradConv2d.record(new ConvOperands(conv, inputs.get(0), operand, output, recorder));
    }
  }

  @BeforeEach
  void onlyWhereItIsUsed() {
    assumeTrue(
        device.tuning().winogradVectors() > 0,
        "device class " + device.tuning().deviceClass() + " has no Winograd");
  }

  private static Conv2d conv(int in, int out, int padding, Activation activation) {
    return conv(3, in, out, padding, activation);
  }

  private static Conv2d conv(int side, int in, int out, int padding, Activation activation) {
    return new Conv2d(
        Conv2dTest.ramp(out, in, side, side),
        Conv2dTest.ramp(out),
        new ConvGeometry(side, side, 1, padding),
        activation,
        activation.equals(Activation.PRELU) ? Conv2dTest.ramp(out) : null);
  }

  private void check(Conv2d conv, Operand src, boolean residual) {
    Forced forced = new Forced(conv);
    if (!residual) {
      device.checkOfRange(forced, ERROR, src);
      return;
    }
    Shape shape = forced.output(List.of(src.type())).shape();
    device.checkOfRange(
        forced, ERROR, src, new Operand(src.type().withShape(shape), Tensors.random(5, shape)));
  }

  @Test
  void framesOfEverySize() {
    Conv2d conv = conv(3, 13, 1, Activation.PRELU);
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = Shape.frame(3, SIZES[(i * 5 + 3) % 8], SIZES[i]);
      check(conv, Operand.frame(Tensors.random(i, shape)), i % 2 == 0);
    }
  }

  @Test
  void framesWithoutPadding() {
    Conv2d conv = conv(2, 5, 0, Activation.NONE);
    for (int width : new int[] {3, 6, 7, 66, 67, 131}) {
      check(conv, Operand.frame(Tensors.random(width, Shape.frame(2, 7, width))), false);
    }
  }

  @Test
  void windowsOfFive() {
    Conv2d conv = conv(5, 3, 13, 2, Activation.PRELU);
    for (int i = 0; i < SIZES.length; i++) {
      Shape shape = Shape.frame(3, SIZES[(i * 5 + 3) % 8], SIZES[i]);
      check(conv, Operand.frame(Tensors.random(i, shape)), i % 2 == 0);
    }
    for (int padding : new int[] {0, 1}) {
      for (int width : new int[] {5, 8, 67, 68, 131}) {
        Shape shape = Shape.frame(2, 9, width);
        check(
            conv(5, 2, 5, padding, Activation.NONE),
            Operand.frame(Tensors.random(width, shape)),
            false);
      }
    }
    check(
        conv(5, 40, 40, 2, Activation.NONE),
        Operand.frame(Tensors.random(1, Shape.frame(40, 9, 70))),
        false);
  }

  @Test
  void patches() {
    Conv2d same = conv(5, 9, 1, Activation.leakyRelu(0.1f));
    Conv2d valid = conv(5, 9, 0, Activation.NONE);
    for (int batch : new int[] {1, 15, 16, 17, 33, 100}) {
      Shape shape = new Shape(batch, 5, 6, 6);
      check(same, Operand.patches(Tensors.random(batch, shape)), true);
      check(valid, Operand.patches(Tensors.random(batch, shape)), false);
    }
    check(valid, Operand.patches(Tensors.random(3, new Shape(17, 5, 12, 10))), false);
  }

  @Test
  void manyChannelsKeepTheError() {
    check(
        conv(64, 64, 1, Activation.NONE),
        Operand.frame(Tensors.random(1, Shape.frame(64, 9, 70))),
        false);
  }

  @Test
  void paysForManyChannelsOnly() {
    Shape frame = Shape.frame(1, 270, 480);
    ConvGeometry same = ConvGeometry.same(3);
    assertTrue(WinogradConv2d.pays(same, new Shape(64, 64, 3, 3), frame));
    assertTrue(WinogradConv2d.pays(same, new Shape(20, 20, 3, 3), frame));
    assertFalse(WinogradConv2d.pays(same, new Shape(11, 11, 3, 3), frame));
    assertTrue(WinogradConv2d.pays(same, new Shape(12, 12, 3, 3), frame));
    assertFalse(WinogradConv2d.pays(same, new Shape(12, 12, 3, 3), Shape.frame(1, 90, 160)));
    assertFalse(WinogradConv2d.pays(same, new Shape(3, 64, 3, 3), frame));
    assertTrue(WinogradConv2d.pays(ConvGeometry.same(5), new Shape(56, 3, 5, 5), frame));
    assertFalse(WinogradConv2d.pays(ConvGeometry.same(5), new Shape(1, 1, 5, 5), frame));
    assertFalse(WinogradConv2d.pays(ConvGeometry.same(9), new Shape(64, 3, 9, 9), frame));
    assertFalse(WinogradConv2d.pays(same, new Shape(64, 64, 3, 3), Shape.frame(1, 1, 1)));
  }
}
