package dev.loupe.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.PatchOrder;
import dev.loupe.guided.Progress;
import dev.loupe.image.Bicubic;
import dev.loupe.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The curve of quality against cost, on plain Java. */
class SweepTest {
  private static final List<PatchCount> COUNTS =
      Stream.of("none", "50%", "all").map(PatchCount::parse).toList();

  /** Flat on the left, fine stripes on the right. */
  private static PicturePair pair() {
    Image truth = Image.allocate(96, 64, 3, 8);
    for (int y = 0; y < 64; y++) {
      for (int x = 0; x < 96; x++) {
        for (int c = 0; c < 3; c++) {
          truth.set(x, y, c, x > 48 && (x + y) / 5 % 2 == 0 ? 220 : 60);
        }
      }
    }
    return new PicturePair("stripes", Bicubic.resize(truth, 24, 16), truth);
  }

  @Test
  void endsMeetAndOrdersDifferBetween() {
    Model model = Model.load("fsrcnn-x4");
    List<Double> heard = new ArrayList<>();
    List<Sweep.Point> points;
    try (Engine engine = Engine.open(Engine.JAVA, null);
        Evaluator evaluator = new Evaluator(model, engine)) {
      Sweep sweep = new Sweep(evaluator, COUNTS);
      sweep.add(pair(), heard::add);
      points = sweep.points();
    }
    assertEquals(9, points.size());
    assertEquals(1, heard.get(heard.size() - 1));
    for (int end : new int[] {0, 2}) {
      assertEquals(psnr(points, 0, end), psnr(points, 1, end));
      assertEquals(psnr(points, 0, end), psnr(points, 2, end));
    }
    assertTrue(psnr(points, 0, 1) != psnr(points, 2, 1), "orders refine different patches");
    assertEquals(0.5, points.get(1).mean().refinedShare());
    assertEquals(PatchOrder.SMALLEST, points.get(8).order());
    Image chart = SweepChart.draw("stripes", points);
    assertEquals(2560, chart.width());
    assertEquals(960, chart.height());
  }

  private static double psnr(List<Sweep.Point> points, int order, int k) {
    return points.get(order * COUNTS.size() + k).mean().quality().psnrY();
  }

  @Test
  void aPictureThatFailsLeavesNoTrace() {
    Model model = Model.load("fsrcnn-x4");
    Image tiny = Image.allocate(2, 2, 3, 8);
    PicturePair tooSmall = new PicturePair("tiny", tiny, Image.allocate(8, 8, 3, 8));
    try (Engine engine = Engine.open(Engine.JAVA, null);
        Evaluator evaluator = new Evaluator(model, engine)) {
      Sweep sweep = new Sweep(evaluator, COUNTS.subList(0, 1));
      assertThrows(IllegalArgumentException.class, () -> sweep.add(tooSmall, Progress.NONE));
      sweep.add(pair(), Progress.NONE);
      assertTrue(sweep.points().get(0).mean().quality().psnrY() > 0);
    }
  }
}
