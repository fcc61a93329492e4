package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.Tensors;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link WinogradWeightGradient} against the reference. */
@Tag("device")
class WinogradWeightGradientTest {
  private static final Set<String> WINOGRAD =
      Set.of("conv2d_weight_gradient_winograd", "winograd_filter_sums");
  private static final double OF_RANGE = 1e-5;

  private static Operand random(int seed, int n, int c, int h, int w) {
    return Operand.patches(Tensors.random(seed, new Shape(n, c, h, w)));
  }

  private static void check(
      DeviceFixture device, int in, int out, ConvGeometry g, int batch, int height, int width) {
    device.checkOfRange(
        new Conv2dWeightGradient(new Shape(out, in, 3, 3), g),
        OF_RANGE,
        random(1, batch, in, height, width),
        random(2, batch, out, g.outputHeight(height), g.outputWidth(width)));
    assertEquals(WINOGRAD, device.launched(), in + " to " + out + " " + g);
  }

  @ParameterizedTest
  @CsvSource({"24, 24", "25, 50", "29, 31", "50, 25", "64, 64", "33, 97", "97, 16"})
  void channels(int in, int out) {
    check(DeviceFixture.of("cpu-16"), in, out, ConvGeometry.same(3), 17, 12, 15);
  }

  @ParameterizedTest
  @CsvSource({"cpu-4, 29, 41", "cpu-4, 24, 24", "cpu-8, 29, 41", "cpu-8, 40, 24"})
  void narrowVectors(String deviceClass, int in, int out) {
    check(DeviceFixture.of(deviceClass), in, out, ConvGeometry.same(3), 17, 12, 15);
  }

  @ParameterizedTest
  @CsvSource({"1, 8, 8", "5, 4, 4", "16, 7, 9", "17, 11, 4", "31, 4, 23", "33, 3, 32", "65, 13, 6"})
  void anyBatchAndSize(int batch, int height, int width) {
    check(DeviceFixture.of("cpu-16"), 61, 64, ConvGeometry.same(3), batch, height, width);
  }

  @Test
  void windowsWithoutPadding() {
    check(DeviceFixture.of("cpu-16"), 40, 48, ConvGeometry.valid(3), 17, 9, 10);
  }

  @Test
  void manySpans() {
    check(DeviceFixture.of("cpu-16"), 24, 24, ConvGeometry.same(3), 100, 24, 23);
  }

  @ParameterizedTest
  @CsvSource({
    "20, 20, 3, 1, 32",
    "64, 64, 3, 1, 1",
    "64, 64, 3, 1, 2",
    "64, 64, 5, 2, 32",
    "64, 64, 1, 0, 32"
  })
  void othersAreLeftToTheDirectKernel(int in, int out, int side, int padding, int size) {
    DeviceFixture device = DeviceFixture.of("cpu-16");
    device.checkOfRange(
        new Conv2dWeightGradient(
            new Shape(out, in, side, side), new ConvGeometry(side, side, 1, padding)),
        OF_RANGE,
        random(1, 1, in, size, size),
        random(2, 1, out, size, size));
    assertEquals(Set.of("conv2d_weight_gradient", "sum_partials"), device.launched());
  }
}
