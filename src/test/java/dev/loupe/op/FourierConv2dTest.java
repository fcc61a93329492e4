package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Tensors;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests of convolutions with large windows to few channels, which take the lowering by spectra. */
@OnEveryDeviceClass
class FourierConv2dTest {
  private static final int[] HEIGHTS = {1, 2, 7, 8, 9, 13, 16, 17};
  private static final int[] WIDTHS = {1, 3, 8, 31, 63, 64, 65, 127, 128, 129, 136, 257};

  /** Of the largest output. */
  private static final double ERROR = 5e-6;

  private final DeviceFixture device;

  FourierConv2dTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  private static Conv2d conv(int in, int out, ConvGeometry geometry) {
    return new Conv2d(
        Conv2dTest.ramp(out, in, geometry.filterHeight(), geometry.filterWidth()),
        Conv2dTest.ramp(out),
        geometry,
        Activation.PRELU,
        Conv2dTest.ramp(out));
  }

  private void check(Conv2d conv, Shape shape, boolean residual) {
    Operand src = Operand.frame(Tensors.random(shape.w(), shape));
    if (residual) {
      Shape dst = shape.withChannels(conv.weights().value().shape().n());
      device.checkOfRange(conv, ERROR, src, Operand.frame(Tensors.random(1, dst)));
    } else {
      device.checkOfRange(conv, ERROR, src);
    }
    String kernel = device.tuning().tile() == null ? "conv2d_fourier" : "conv2d_tiled";
    assertEquals(Set.of(kernel), device.launched());
  }

  @Test
  void windowOf9() {
    Conv2d conv = conv(17, 3, ConvGeometry.same(9));
    for (int i = 0; i < WIDTHS.length; i++) {
      check(conv, Shape.frame(17, HEIGHTS[i % HEIGHTS.length], WIDTHS[i]), i % 2 == 0);
    }
  }

  @Test
  void otherPaddingAndChannels() {
    check(conv(16, 1, ConvGeometry.same(9)), Shape.frame(16, 11, 70), false);
    check(conv(25, 4, ConvGeometry.valid(9)), Shape.frame(25, 19, 150), false);
    check(conv(64, 3, ConvGeometry.same(9)), Shape.frame(64, 20, 200), false);
  }

  @Test
  void paysForLargeWindowsToFewChannelsOfFrames() {
    ConvGeometry nine = ConvGeometry.same(9);
    assertTrue(FourierConv2d.pays(nine, new Shape(3, 64, 9, 9), Layout.FRAME));
    assertFalse(FourierConv2d.pays(nine, new Shape(3, 64, 9, 9), Layout.PATCHES));
    assertFalse(FourierConv2d.pays(nine, new Shape(64, 3, 9, 9), Layout.FRAME));
    assertFalse(FourierConv2d.pays(nine, new Shape(3, 8, 9, 9), Layout.FRAME));
    for (int side : new int[] {5, 7, 8, 11}) { // an even one as its outputs are fewer
      ConvGeometry other = new ConvGeometry(side, side, 1, side / 2);
      assertFalse(FourierConv2d.pays(other, new Shape(3, 64, side, side), Layout.FRAME));
    }
  }
}
