package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.Tensors;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests of {@link MatrixWeightGradient} against the reference: of values that TF32 holds exactly,
 * so that nothing but the order of sums may differ, and of others. Where there are no matrix units,
 * the kernel makes their sums from the same words.
 */
@Tag("device")
class MatrixWeightGradientTest {
  private static final Set<String> MATRIX = Set.of("conv2d_weight_gradient_matrix", "sum_partials");
  private static final Set<String> TILED = Set.of("conv2d_weight_gradient_tiled", "sum_partials");

  private final DeviceFixture device = DeviceFixture.of("gpu-matrix");

  private static Operand sixteenths(int seed, int n, int c, int h, int w) {
    FloatTensor tensor = FloatTensor.zeros(new Shape(n, c, h, w));
    Random random = new Random(seed);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = (random.nextInt(31) - 15) / 16f;
    }
    return Operand.patches(tensor);
  }

  private static Operand random(int seed, int n, int c, int h, int w) {
    return Operand.patches(Tensors.random(seed, new Shape(n, c, h, w)));
  }

  private static Conv2dWeightGradient gradient(int in, int out, ConvGeometry g) {
    return new Conv2dWeightGradient(new Shape(out, in, g.filterHeight(), g.filterWidth()), g);
  }

  private void check(int in, int out, ConvGeometry g, int batch, int height, int width) {
    device.checkOfRange(
        gradient(in, out, g),
        1e-6,
        sixteenths(1, batch, in, height, width),
        sixteenths(2, batch, out, g.outputHeight(height), g.outputWidth(width)));
    assertEquals(MATRIX, device.launched(), in + " to " + out + " " + g);
  }

  @ParameterizedTest
  @CsvSource({"20, 20", "25, 50", "50, 50", "64, 12"})
  void channels(int in, int out) {
    check(in, out, ConvGeometry.same(3), 17, 5, 9);
  }

  @ParameterizedTest
  @CsvSource({"40, 40", "50, 25", "97, 101"})
  void singleTaps(int in, int out) {
    check(in, out, ConvGeometry.same(1), 33, 3, 7);
  }

  @ParameterizedTest
  @CsvSource({"3, 12", "12, 12", "40, 3"})
  void fewChannels(int in, int out) {
    check(in, out, ConvGeometry.same(3), 17, 5, 9);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 3", "3, 12, 1", "2, 3, 3"})
  void littleWorkIsLeftToTiles(int in, int out, int window) {
    Operator gradient = gradient(in, out, ConvGeometry.same(window));
    device.checkOfRange(gradient, 1e-5, random(1, 17, in, 4, 5), random(2, 17, out, 4, 5));
    assertEquals(TILED, device.launched());
  }

  @ParameterizedTest
  @CsvSource({"5, 1, 7", "9, 7, 1", "16, 3, 8", "17, 7, 7", "33, 2, 32", "64, 9, 9", "65, 33, 5"})
  void anyBatchAndSize(int batch, int height, int width) {
    check(20, 24, ConvGeometry.same(3), batch, height, width);
    check(12, 33, ConvGeometry.same(5), batch, height, width);
  }

  @Test
  void windowsWithoutPadding() {
    check(12, 20, ConvGeometry.valid(3), 17, 9, 8);
    check(20, 3, ConvGeometry.valid(5), 17, 7, 9);
    check(24, 8, new ConvGeometry(3, 3, 1, 2), 16, 4, 5);
    check(12, 24, new ConvGeometry(1, 5, 1, 2), 16, 6, 7);
    check(12, 24, new ConvGeometry(5, 1, 1, 2), 16, 6, 7);
  }

  @Test
  void strides() {
    check(12, 24, new ConvGeometry(3, 3, 2, 1), 17, 9, 16);
    check(12, 24, new ConvGeometry(3, 3, 2, 0), 16, 7, 8);
    check(16, 24, new ConvGeometry(5, 5, 2, 2), 16, 8, 7);
    check(48, 64, new ConvGeometry(1, 1, 2, 0), 16, 8, 7);
    check(16, 24, new ConvGeometry(3, 3, 4, 1), 16, 12, 9);
  }

  @Test
  void wideWindows() {
    check(3, 64, ConvGeometry.same(9), 16, 5, 8);
    check(64, 3, ConvGeometry.same(9), 17, 5, 7);
    check(3, 20, ConvGeometry.same(5), 16, 5, 8);
    check(2, 17, ConvGeometry.same(9), 5, 2, 3);
  }

  @Test
  void moreChannelsThanAGroupHolds() {
    check(67, 131, ConvGeometry.same(3), 16, 2, 3);
  }

  @Test
  void filtersOfTransposedConvolutions() {
    Operator gradient = new ConvTranspose2dWeightGradient(new Shape(56, 3, 9, 9), 4, 4);
    device.checkOfRange(gradient, 1e-6, sixteenths(1, 17, 56, 3, 4), sixteenths(2, 17, 48, 3, 4));
    assertTrue(device.launched().containsAll(MATRIX), device.launched().toString());
  }

  /** Each factor is off by 2^-11 of itself at most; errors of many products cancel. */
  @Test
  void factorsOf11Bits() {
    Operator gradient = gradient(20, 24, ConvGeometry.same(3));
    device.checkOfRange(gradient, 5e-4, random(1, 33, 20, 8, 9), random(2, 33, 24, 8, 9));
    assertEquals(MATRIX, device.launched());
  }

  @Test
  void tilesKeepToTheBounds() {
    Tuning.Matrix bounds = Tuning.forClass("gpu-matrix").matrix();
    int[] channels = {1, 3, 12, 25, 40, 50, 64, 100, 256};
    for (int side : new int[] {1, 3, 5, 9}) {
      for (int in : channels) {
        for (int out : channels) {
          MatrixGradientTile.Problem problem =
              new MatrixGradientTile.Problem(
                  new Shape(out, in, side, side), ConvGeometry.same(side), 32, 32, 64, 512);
          Optional<MatrixGradientTile> best = MatrixGradientTile.of(bounds, 1 << 16, problem);
          String found = problem + " takes " + best;
          if (best.isEmpty()) {
            assertTrue(side == 1 || Math.min(in, out) < 12, found);
            continue; // too little to pay
          }
          MatrixGradientTile tile = best.orElseThrow();
          assertTrue(tile.items() <= bounds.items(), found);
          assertTrue(tile.localBytes(problem) <= bounds.localBytes(), found);
          int matrices = tile.rowTiles() * tile.tapRows() * tile.columnTiles();
          assertTrue(4 * matrices <= bounds.accumulators(), found);
          int columns = 8 * tile.columnTiles() * tile.warps().columns();
          assertTrue(columns >= tile.channels() * side, found);
        }
      }
    }
  }

  @Test
  void tooLittleLocalMemoryIsLeftToTiles() {
    Tuning.Matrix bounds = Tuning.forClass("gpu-matrix").matrix();
    MatrixGradientTile.Problem problem =
        new MatrixGradientTile.Problem(
            new Shape(64, 64, 3, 3), ConvGeometry.same(3), 32, 32, 64, 512);
    assertEquals(Optional.empty(), MatrixGradientTile.of(bounds, 1024, problem));
  }
}
