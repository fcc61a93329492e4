package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnCpuAndGpuClass;
import dev.loupe.testing.TensorAssert;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests of {@link Precision}, and of every operator of inference on tensors stored in fp16. */
@OnCpuAndGpuClass
class PrecisionTest {
  /** Half of the step from 1 to the next half, and a little for the sum before. */
  private static final double ROUNDING = 0x1p-11 + 2e-5;

  private final DeviceFixture device;

  PrecisionTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  @Test
  void everyOperatorOfInferenceRoundsItsResultAlone() {
    for (SelfTestCases.Case each : SelfTestCases.inference()) {
      SelfTestCases.Case half = each.in(Precision.FP16);
      Operator operator = half.operator();
      FloatTensor expected =
          operator.reference(half.operands().stream().map(Operand::value).toList());
      Operand[] operands =
          half.operands().stream().map(PrecisionTest::inItsSamples).toArray(Operand[]::new);
      FloatTensor actual = device.run(operator, operands);
      TensorType type = operator.output(half.operands().stream().map(Operand::type).toList());
      String what = operator.name() + " of " + half.operands().stream().map(Operand::type).toList();
      switch (type.layout()) {
        case FRAME, PATCHES -> {
          assertEquals(Precision.FP16, type.precision(), what);
          TensorAssert.assertClose(expected, actual, ROUNDING, ROUNDING);
        }
        case INDICES -> TensorAssert.assertClose(expected, actual, 0, 0);
        case PIXELS8, PIXELS16 -> TensorAssert.assertClose(expected, actual, 1, 0);
      }
    }
  }

  /** The reference reads samples of 8 bits alone: 257 times one is the same shade in 16. */
  private static Operand inItsSamples(Operand operand) {
    if (operand.type().layout() != Layout.PIXELS16) {
      return operand;
    }
    FloatTensor shades = FloatTensor.zeros(operand.value().shape());
    for (int i = 0; i < shades.data().length; i++) {
      shades.data()[i] = 257 * operand.value().data()[i];
    }
    return new Operand(operand.type(), shades);
  }

  /** The least halves, halves beyond the range, and ties, which go to the even one. */
  @Test
  void halvesAreRoundedAsTheStandardSays() {
    float[] values = {0x1p-24f, 0x1.8p-25f, 0x1p-26f, 65504, 65519, 65520, -1e9f, 2049, 2051};
    float infinity = Float.POSITIVE_INFINITY;
    float[] halves = {0x1p-24f, 0x1p-24f, 0, 65504, 65504, infinity, -infinity, 2048, 2052};
    Shape filters = new Shape(values.length, 1, 1, 1);
    Conv2d times =
        new Conv2d(
            new Parameter("factors", new FloatTensor(filters, values)),
            null,
            ConvGeometry.same(1),
            Activation.NONE,
            null);
    Operand one = Operand.frame(new FloatTensor(Shape.frame(1, 1, 1), new float[] {1}));
    assertArrayEquals(halves, device.run(times, one.in(Precision.FP16)).data());
  }

  @Test
  void twoPrecisionsInOneGraphAreRefused() {
    TensorType single = TensorType.frame(1, 2, 3);
    TensorType half = single.withPrecision(Precision.FP16);
    assertEquals(Precision.FP16, Precision.common(Stream.of(half, half)));
    TensorType patches = new TensorType(new Shape(2, 1, 4, 4), Layout.PATCHES, Precision.FP16);
    assertThrows(
        IllegalArgumentException.class, () -> new PatchSplit(4, 1).output(List.of(patches)));
    assertThrows(IllegalArgumentException.class, () -> Precision.common(Stream.of(single, half)));
  }
}
