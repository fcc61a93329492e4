package dev.loupe.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.PatchOrder;
import dev.loupe.weights.Variant;
import java.nio.FloatBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which patches each order refines. */
class PatchOrderTest {
  private static final int CELLS = 30;
  private static final int K = 12;

  private float[] mask;

  private int[] selected(PatchOrder order, int k) {
    Random random = new Random(3);
    float[] frame = new float[3 * 20 * 24];
    for (int i = 0; i < frame.length; i++) {
      frame[i] = random.nextFloat();
    }
    FrameSpec spec = FrameSpec.floats(24, 20, Variant.MASK, PatchCount.of(k)).withOrder(order);
    try (Engine engine = Engine.open(Engine.JAVA, null);
        FrameRunner runner = engine.prepare(Model.load("fsrcnn-x4").scheme(7), spec)) {
      runner.run(FloatBuffer.wrap(frame), FloatBuffer.allocate(16 * frame.length));
      mask = runner.mask().orElseThrow();
      return runner.selected();
    }
  }

  private int[] ranked(boolean ascending, int k) {
    return IntStream.range(0, CELLS)
        .boxed()
        .sorted((a, b) -> Float.compare(mask[a], mask[b]) * (ascending ? 1 : -1))
        .limit(k)
        .mapToInt(i -> i)
        .sorted()
        .toArray();
  }

  @Test
  void largestAndSmallestFollowTheMask() {
    assertArrayEquals(selected(PatchOrder.LARGEST, K), ranked(false, K));
    assertArrayEquals(selected(PatchOrder.SMALLEST, K), ranked(true, K));
  }

  @Test
  void randomIsTheSameEveryTime() {
    int[] cells = selected(PatchOrder.RANDOM, K);
    assertEquals(K, IntStream.of(cells).distinct().count());
    assertArrayEquals(cells, selected(PatchOrder.RANDOM, K));
    assertArrayEquals(IntStream.range(0, CELLS).toArray(), selected(PatchOrder.RANDOM, CELLS));
  }
}
