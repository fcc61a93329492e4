package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Tensors;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests of convolutions to few channels, which take the lowering by rows. */
@OnEveryDeviceClass
class RowsConv2dTest {
  private static final int[] HEIGHTS = {1, 2, 3, 4, 5, 7, 8, 9, 13};
  private static final int[] WIDTHS = {1, 3, 15, 16, 17, 31, 33, 47, 49, 63, 64, 65, 97, 129, 131};

  private final DeviceFixture device;

  RowsConv2dTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  private static Conv2d conv(int in, int out, ConvGeometry geometry, boolean gate) {
    return new Conv2d(
        Conv2dTest.ramp(out, in, geometry.filterHeight(), geometry.filterWidth()),
        Conv2dTest.ramp(out),
        geometry,
        Activation.PRELU,
        Conv2dTest.ramp(out),
        gate);
  }

  private void checkFrames(Conv2d conv, boolean operand) {
    Shape filters = conv.weights().value().shape();
    int terms = filters.c() * filters.h() * filters.w();
    for (int i = 0; i < WIDTHS.length; i++) {
      ConvGeometry g = conv.geometry();
      int height = Math.max(HEIGHTS[i % HEIGHTS.length], g.filterHeight() - 2 * g.padding());
      int width = Math.max(WIDTHS[i], g.filterWidth() - 2 * g.padding());
      Shape shape = Shape.frame(filters.c(), height, width);
      Operand src = Operand.frame(Tensors.random(i, shape));
      if (operand) {
        Shape dst = Shape.frame(filters.n(), g.outputHeight(shape.h()), g.outputWidth(shape.w()));
        device.check(conv, terms, src, Operand.frame(Tensors.random(i + 1, dst)));
      } else {
        device.check(conv, terms, src);
      }
      String kernel = device.tuning().tile() == null ? "conv2d_rows" : "conv2d_tiled";
      assertEquals(Set.of(kernel), device.launched());
    }
  }

  @Test
  void windowOf9() {
    checkFrames(conv(5, 3, ConvGeometry.same(9), false), false);
  }

  @Test
  void windowOf3WithResidual() {
    checkFrames(conv(7, 3, ConvGeometry.same(3), false), true);
    checkFrames(conv(7, 2, ConvGeometry.same(3), false), false);
  }

  @Test
  void gate() {
    checkFrames(conv(2, 4, ConvGeometry.same(3), true), true);
  }

  @Test
  void valid() {
    checkFrames(conv(3, 1, ConvGeometry.valid(5), false), false);
    checkFrames(conv(3, 4, ConvGeometry.valid(3), false), true);
  }

  @Test
  void windowThatIsNotSquare() {
    checkFrames(conv(2, 3, new ConvGeometry(3, 5, 1, 1), false), false);
    checkFrames(conv(2, 3, new ConvGeometry(5, 1, 1, 0), false), false);
  }

  @Test
  void bandsAreWholeBlocksOfRows() {
    TensorType src = TensorType.frame(5, 20, 20);
    Conv2d conv = conv(5, 3, ConvGeometry.same(9), false);
    assertEquals(4, conv.bandStep(List.of(src), conv.output(List.of(src))));
  }

  @Test
  void strideAndManyChannelsAndPatchesTakeAnother() {
    Shape three = new Shape(3, 5, 3, 3);
    assertFalse(RowsConv2d.pays(new ConvGeometry(3, 3, 2, 1), three, Layout.FRAME));
    assertFalse(RowsConv2d.pays(ConvGeometry.same(3), new Shape(5, 5, 3, 3), Layout.FRAME));
    assertFalse(RowsConv2d.pays(ConvGeometry.same(3), three, Layout.PATCHES));
  }
}
