package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnCpuAndGpuClass;
import dev.loupe.testing.Sizes;
import dev.loupe.testing.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Tests of {@link GridMean}, {@link Softmax} and {@link PositionwiseConv}: the mask's operators.
 */
@OnCpuAndGpuClass
class MaskOperatorsTest {
  private final DeviceFixture device;

  MaskOperatorsTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  private void checkFrames(Operator operator, int terms, int channels) {
    for (Shape shape : Sizes.frames(channels, 64)) {
      device.check(operator, terms, Operand.frame(Tensors.random(shape.w(), shape)));
    }
  }

  @Test
  void gridMeanOfWholeAndPartialCells() {
    checkFrames(new GridMean(4), 16, 2);
    checkFrames(new GridMean(3), 9, 1);
    checkFrames(new GridMean(1), 1, 5);
  }

  @Test
  void softmaxKeepsOneChannel() {
    checkFrames(new Softmax(1), 0, 2);
    checkFrames(new Softmax(0), 0, 5);
  }

  @Test
  void softmaxOfFarApartValuesDoesNotOverflow() {
    FloatTensor src = Tensors.of(Shape.frame(2, 1, 3), 1e30, -1e30, 500, -1e30, 1e30, 501);
    device.check(new Softmax(1), 0, Operand.frame(src));
  }

  @Test
  void positionwiseConv() {
    checkFrames(positionwise(5), 50, 1);
    checkFrames(positionwise(3), 18, 1);
  }

  private static PositionwiseConv positionwise(int filter) {
    int taps = filter * filter;
    return new PositionwiseConv(Conv2dTest.ramp(taps, 1, 1, 1), Conv2dTest.ramp(taps), filter);
  }

  @Test
  void operandsThatDoNotFitAreRefused() {
    TensorType two = TensorType.frame(2, 4, 4);
    assertThrows(IllegalArgumentException.class, () -> positionwise(3).output(List.of(two)));
  }

  @Test
  void patchesAreRefused() {
    TensorType patches = new TensorType(new Shape(4, 1, 4, 4), Layout.PATCHES);
    TensorType cells = new TensorType(Shape.frame(1, 1, 4), Layout.INDICES);
    for (Operator operator : List.of(new TopK(1), new PatchGather(4, 1, 0, 4))) {
      assertThrows(IllegalArgumentException.class, () -> operator.output(List.of(patches, cells)));
    }
  }

  /** Training takes these apart before they run on patches; their own kernels know frames only. */
  @Test
  void kernelsOfTheMaskRefusePatches() {
    TensorView patches =
        new TensorView(null, 0, new TensorType(new Shape(4, 1, 4, 4), Layout.PATCHES));
    for (Operator operator : List.of(new Softmax(0), new GridMean(2), positionwise(3))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> operator.record(null, List.of(patches), patches),
          operator.name());
    }
  }
}
