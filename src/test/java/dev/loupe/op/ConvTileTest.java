package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.kernel.Tuning;
import dev.loupe.op.ConvTile.Problem;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests of {@link ConvTile}. */
class ConvTileTest {
  private final Tuning tuning = Tuning.forClass("gpu");

  private static List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    for (int filter : new int[] {1, 3, 5, 9}) {
      for (int in : new int[] {1, 3, 12, 25, 64, 256}) {
        for (int out : new int[] {1, 3, 13, 25, 50, 64, 97, 256}) {
          ConvGeometry geometry = ConvGeometry.same(filter);
          problems.add(new Problem(geometry, in, out, 1, false, 1080));
          problems.add(new Problem(geometry, in, out, 1, true, 6));
          problems.add(new Problem(new ConvGeometry(filter, 3, 2, 1), in, out, 1, false, 7));
          problems.add(new Problem(geometry, in, 16 * out, 16, true, 5));
        }
      }
    }
    return problems;
  }

  @Test
  void tilesKeepToTheBounds() {
    Tuning.Tile bounds = tuning.tile();
    for (Problem problem : problems()) {
      ConvTile tile = ConvTile.of(tuning, 1 << 16, problem);
      String found = problem + " takes " + tile;
      assertTrue(tile.rows() == 1 || tile.channels() * tile.rows() <= tuning.accumulators(), found);
      assertTrue(tile.rows() <= bounds.rows(), found);
      assertEquals(0, tile.channels() % problem.step(), found);
      int items = bounds.lanes() * tile.groups() * tile.rowGroups();
      assertTrue(items <= bounds.items(), found);
      assertTrue(tile.localBytes(problem) <= 1 << 16, found);
      if (problem.geometry().filterHeight() <= 3 && problem.step() == 1) {
        assertTrue(tile.localBytes(problem) <= bounds.localBytes(items), found);
      }
      assertTrue(tile.chunk() >= 1 && tile.chunk() <= problem.channelsIn(), found);
    }
  }

  @Test
  void fewMultiplicationsArePadding() {
    for (int channels : new int[] {12, 20, 24, 25, 40, 48, 50, 56, 64}) {
      Problem problem = new Problem(ConvGeometry.same(3), channels, channels, 1, false, 270);
      ConvTile tile = ConvTile.of(tuning, 1 << 16, problem);
      int computed = Blocks.roundUp(channels, tile.channels() * tile.groups());
      assertTrue(computed <= 1.04 * channels, channels + " are computed as " + computed);
    }
  }

  @Test
  void lessLocalMemoryTakesASmallerTile() {
    Problem problem = new Problem(ConvGeometry.same(3), 64, 64, 1, false, 270);
    ConvTile tile = ConvTile.of(tuning, 6000, problem);
    assertTrue(tile.localBytes(problem) <= 6000, tile.toString());
    String message =
        assertThrows(IllegalArgumentException.class, () -> ConvTile.of(tuning, 100, problem))
            .getMessage();
    assertTrue(message.contains("100 bytes"), message);
  }
}
