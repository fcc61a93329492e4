package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.kernel.Tuning;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Tests of {@link TiledWeightGradient}: which tile is chosen. */
class TiledWeightGradientTest {
  private static final int[] CHANNELS = {1, 2, 3, 12, 25, 50, 64, 97, 256};
  private static final long LOCAL = 48 << 10;

  private final Tuning tuning = Tuning.forClass("gpu");

  private static Conv2dWeightGradient gradient(int in, int out, int side, int stride) {
    return new Conv2dWeightGradient(
        new Shape(out, in, side, side), new ConvGeometry(side, side, stride, side / 2));
  }

  private static long localBytes(TiledWeightGradient tile, Conv2dWeightGradient gradient) {
    ConvGeometry g = gradient.geometry();
    long columns = (tile.columns() - 1L) * g.stride() + g.filterWidth();
    long src = (long) (tile.inputs() * tile.inputGroups() | 1) * g.filterHeight() * columns;
    return 4 * 8 * (src + (long) (tile.outputs() * tile.outputGroups() | 1) * tile.columns());
  }

  @Test
  void tilesKeepToTheBounds() {
    for (long local : new long[] {LOCAL, 16 << 10}) {
      for (int side : new int[] {1, 3, 5, 9}) {
        for (int in : CHANNELS) {
          for (int out : CHANNELS) {
            for (int stride = 1; stride <= 2; stride++) {
              Conv2dWeightGradient gradient = gradient(in, out, side, stride);
              TiledWeightGradient tile = TiledWeightGradient.of(tuning, local, gradient, 32);
              String found = gradient + " takes " + tile;
              int items = tile.outputGroups() * tile.inputGroups() * side;
              assertTrue(items <= tuning.tile().items(), found);
              assertTrue(localBytes(tile, gradient) <= local, found);
              int sums = tile.outputs() * tile.inputs();
              assertTrue(sums == 1 || sums * side <= tuning.accumulators(), found);
            }
          }
        }
      }
    }
  }

  @Test
  void fewerThanTwiceTheColumnsThatAPatchHas() {
    Conv2dWeightGradient gradient = gradient(40, 40, 3, 1);
    for (int width = 1; width <= 5; width++) {
      assertTrue(TiledWeightGradient.of(tuning, LOCAL, gradient, width).columns() < 2 * width);
    }
    assertEquals(8, TiledWeightGradient.of(tuning, LOCAL, gradient, 32).columns());
  }

  @Test
  void tooLittleLocalMemoryIsSaid() {
    Conv2dWeightGradient gradient = gradient(64, 64, 9, 1);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> TiledWeightGradient.of(tuning, 1024, gradient, 32))
            .getMessage();
    assertTrue(message.contains("1024 bytes of local memory"), message);
  }

  @Test
  void aGroupTooSmallForARowOfTapsIsSaid() {
    Tuning small = tuning.withGroupsUpTo(8);
    Conv2dWeightGradient nine = gradient(3, 64, 9, 1);
    assertThrows(
        IllegalArgumentException.class, () -> TiledWeightGradient.of(small, LOCAL, nine, 32));
    TiledWeightGradient five = TiledWeightGradient.of(small, LOCAL, gradient(3, 64, 5, 1), 32);
    assertEquals(1, five.outputGroups() * five.inputGroups());
  }

  @Test
  void partialSumsStaySmall() {
    TensorType grad = new TensorType(new Shape(64, 576, 32, 32), Layout.PATCHES);
    PartialSums large = TiledWeightGradient.sums(new Shape(576, 64, 3, 3), grad);
    assertTrue(large.bytes() <= 32 << 20, large.toString());
    PartialSums one =
        TiledWeightGradient.sums(
            new Shape(576, 64, 3, 3), new TensorType(new Shape(1, 576, 1, 1), Layout.PATCHES));
    assertEquals(1, one.spans());
  }
}
