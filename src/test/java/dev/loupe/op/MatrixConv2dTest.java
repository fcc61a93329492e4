package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests of {@link MatrixConv2d} against the reference, of values that halves and TF32 hold exactly:
 * sixteenths, so that nothing but the order of sums may differ. Where there are no matrix units,
 * the kernel makes their sums from the same words.
 */
@Tag("device")
class MatrixConv2dTest {
  private final DeviceFixture device = DeviceFixture.of("gpu-matrix");

  private static FloatTensor sixteenths(Shape shape, int seed) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = ((29L * i + seed) % 31 - 15) / 16f;
    }
    return tensor;
  }

  private static Parameter parameter(int n, int c, int h, int w) {
    return new Parameter("test", sixteenths(new Shape(n, c, h, w), n + 3));
  }

  private static Conv2d conv(int in, int out, ConvGeometry geometry, Activation activation) {
    return new Conv2d(
        parameter(out, in, geometry.filterHeight(), geometry.filterWidth()),
        parameter(1, out, 1, 1),
        geometry,
        activation,
        activation.equals(Activation.PRELU) ? parameter(1, out, 1, 1) : null);
  }

  private void check(Operator operator, Operand... operands) {
    Operand[] halves = new Operand[operands.length];
    for (int i = 0; i < halves.length; i++) {
      halves[i] = operands[i].in(Precision.FP16);
    }
    // Of the result alone: it is stored in 11 bits.
    device.checkOfRange(operator, 5e-4, halves);
    assertEquals(Set.of("conv2d_matrix"), device.launched());
  }

  private static Operand frame(int c, int h, int w) {
    return Operand.frame(sixteenths(Shape.frame(c, h, w), 5));
  }

  private static Operand patches(int n, int c, int size) {
    return Operand.patches(sixteenths(new Shape(n, c, size, size), 7));
  }

  @ParameterizedTest
  @CsvSource({
    "3, 5, 1",
    "50, 25, 1",
    "64, 64, 1",
    "1, 1, 3",
    "3, 40, 3",
    "20, 20, 3",
    "50, 50, 3",
    "64, 100, 3",
    "56, 12, 5"
  })
  void channelsAndWindows(int in, int out, int window) {
    Conv2d conv = conv(in, out, ConvGeometry.same(window), Activation.PRELU);
    check(conv, frame(in, 9, 33));
    check(conv, patches(33, in, 6));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 31", "2, 32", "7, 33", "8, 64", "9, 65", "17, 97"})
  void framesOfAnySize(int height, int width) {
    Conv2d conv = conv(20, 40, ConvGeometry.same(3), Activation.leakyRelu(0.1f));
    check(conv, frame(20, height, width), frame(40, height, width));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 6", "31, 3", "32, 4", "33, 5", "65, 2"})
  void patchesOfAnyNumber(int count, int size) {
    Conv2d conv = conv(9, 17, ConvGeometry.same(3), Activation.RELU);
    check(conv, patches(count, 9, size), patches(count, 17, size));
  }

  @Test
  void stridesAndWindowsWithoutPadding() {
    check(conv(12, 12, new ConvGeometry(3, 3, 2, 1), Activation.NONE), frame(12, 11, 67));
    check(conv(12, 12, new ConvGeometry(3, 3, 2, 0), Activation.NONE), patches(17, 12, 7));
    check(conv(12, 13, ConvGeometry.valid(3), Activation.SIGMOID), frame(12, 10, 40));
    check(conv(12, 13, ConvGeometry.valid(3), Activation.NONE), patches(40, 12, 6));
  }

  @Test
  void gates() {
    Conv2d conv = conv(12, 24, ConvGeometry.same(1), Activation.NONE);
    Conv2d gate =
        new Conv2d(conv.weights(), conv.bias(), conv.geometry(), Activation.RELU, null, true);
    check(gate, frame(12, 5, 37), frame(24, 5, 37));
    check(gate, patches(17, 12, 3), patches(17, 24, 3));
  }

  @ParameterizedTest
  @CsvSource({"2", "3", "4"})
  void transposed(int scale) {
    ConvTranspose2d conv =
        new ConvTranspose2d(parameter(56, 3, 9, 9), parameter(1, 3, 1, 1), scale, 4);
    check(conv, frame(56, 5, 35));
    check(conv, patches(17, 56, 4));
  }

  @Test
  void wideWindowsTakeOneStepAtOnce() {
    Conv2d conv = conv(32, 3, ConvGeometry.same(9), Activation.NONE);
    check(conv, frame(32, 7, 35));
  }

  @Test
  void framesInFp32KeepAllTheirBits() {
    device.check(conv(12, 12, ConvGeometry.same(3), Activation.NONE), 108, frame(12, 5, 33));
    assertEquals(Set.of("conv2d_tiled"), device.launched());
  }

  @Test
  void windowsThatDoNotFitAreLeftToTiles() {
    Conv2d conv = conv(3, 64, ConvGeometry.same(9), Activation.NONE);
    device.checkOfRange(conv, 5e-4, frame(3, 9, 33).in(Precision.FP16));
    assertEquals(Set.of("conv2d_tiled"), device.launched());
  }

  @ParameterizedTest
  @CsvSource({"3, 40, 3", "40, 40, 1", "50, 50, 3", "24, 3, 3", "12, 12, 3"})
  void trainingMultipliesTf32(int in, int out, int window) {
    Conv2d conv = conv(in, out, ConvGeometry.same(window), Activation.RELU);
    DeviceFixture training = device.inTraining();
    training.check(conv, in * window * window, patches(33, in, 9));
    assertEquals(Set.of("conv2d_matrix"), training.launched());
  }

  @Test
  void factorsAreRoundedTo11Bits() {
    // 1 + 2^-12 is nearer to 1 than to the next, 1 + 2^-10, and 1 + 2^-11 + 2^-12 nearer to that.
    FloatTensor src = FloatTensor.zeros(new Shape(1, 2, 1, 1));
    src.data()[0] = 1 + 0x1p-12f;
    src.data()[1] = 1 + 0x1p-11f + 0x1p-12f;
    FloatTensor ones = FloatTensor.zeros(new Shape(1, 2, 1, 1));
    ones.data()[0] = 1;
    ones.data()[1] = 1;
    Conv2d sum =
        new Conv2d(new Parameter("ones", ones), null, ConvGeometry.same(1), Activation.NONE, null);
    FloatTensor actual = device.inTraining().run(sum, Operand.patches(src));
    assertEquals(2 + 0x1p-10f, actual.data()[0]);
  }
}
