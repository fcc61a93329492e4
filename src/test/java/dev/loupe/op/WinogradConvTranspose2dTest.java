package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests of the Winograd lowering against the transposed convolution's reference, forced on sizes
 * where it would not pay.
 */
@OnEveryDeviceClass
class WinogradConvTranspose2dTest {
  private static final int[] SIZES = {1, 2, 3, 4, 5, 7, 61, 63, 64, 65, 66, 127, 129};

  /** Of the largest output, as documented in the kernel. */
  private static final double ERROR = 2e-5;

  private final DeviceFixture device;

  WinogradConvTranspose2dTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  /** A transposed convolution that always takes this lowering. */
  private record Forced(ConvTranspose2d conv) implements Operator {
    @Override
    public String name() {
      return "conv_transpose2d_winograd";
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
      new WinogradConvTranspose2d(conv).record(recorder, inputs.get(0), output);
    }
  }

  @BeforeEach
  void onlyWhereItIsUsed() {
    assumeTrue(
        device.tuning().winogradVectors() > 0,
        "device class " + device.tuning().deviceClass() + " has no Winograd");
  }

  private static ConvTranspose2d conv(int scale, int filter, int in, int out) {
    return new ConvTranspose2d(
        Conv2dTest.ramp(in, out, filter, filter), Conv2dTest.ramp(out), scale, filter / 2);
  }

  private void check(ConvTranspose2d conv, Shape shape) {
    Operand src = Operand.frame(Tensors.random(shape.w(), shape));
    device.checkOfRange(new Forced(conv), ERROR, src);
  }

  @Test
  void framesOfEverySize() {
    ConvTranspose2d conv = conv(4, 9, 5, 3);
    for (int i = 0; i < SIZES.length; i++) {
      check(conv, Shape.frame(5, SIZES[(i * 5 + 3) % 6], SIZES[i]));
    }
  }

  @Test
  void otherScalesAndFilters() {
    for (int[] c : new int[][] {{2, 3}, {2, 5}, {3, 3}, {3, 5}, {3, 7}, {4, 1}, {4, 3}, {4, 7}}) {
      check(conv(c[0], c[1], 4, 2), Shape.frame(4, 6, 67));
    }
  }

  @Test
  void patches() {
    ConvTranspose2d conv = conv(4, 9, 5, 3);
    for (int batch : new int[] {1, 15, 17, 33}) {
      Shape shape = new Shape(batch, 5, 4, 4);
      device.checkOfRange(new Forced(conv), ERROR, Operand.patches(Tensors.random(batch, shape)));
    }
  }

  @Test
  void paysWhereThreeTapsReach() {
    Shape frame = Shape.frame(56, 270, 480);
    assertTrue(new WinogradConvTranspose2d(conv(4, 9, 56, 3)).pays(frame));
    assertFalse(new WinogradConvTranspose2d(conv(3, 9, 56, 3)).pays(frame));
    assertFalse(new WinogradConvTranspose2d(conv(2, 9, 56, 3)).pays(frame));
    assertFalse(new WinogradConvTranspose2d(conv(4, 9, 12, 3)).pays(frame));
    assertFalse(new WinogradConvTranspose2d(conv(4, 9, 56, 3)).pays(Shape.frame(56, 1, 1)));
  }

  /** One phase of four has three taps, the others two: 6 + 3 * 5 points a side. */
  @Test
  void pointsOfZeroTapsAreNotMultiplied() {
    WinogradConvTranspose2d conv = new WinogradConvTranspose2d(conv(4, 9, 56, 3));
    assertEquals(21 * 21 * 56 * 3 * 2, conv.multiplications(Shape.frame(56, 4, 8)));
  }
}
