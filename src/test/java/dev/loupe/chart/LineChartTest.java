package dev.loupe.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.Image;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Charts are drawn without a display. */
class LineChartTest {
  @Test
  void everyPanelShowsItsLines() {
    double[] x = {0, 1, 2, 3};
    LineChart one = new LineChart("one", "x", "y").line("rising", x, new double[] {1, 2, 3, 4});
    LineChart two = new LineChart("two", "x", "y").curve("falling", x, new double[] {4, 3, 2, 1});
    Image picture = LineChart.draw(List.of(one, two));
    assertEquals(2560, picture.width());
    assertEquals(960, picture.height());
    assertTrue(colours(picture, 0, 1280).contains(0x0072B2), "the first line's blue, left");
    assertTrue(colours(picture, 1280, 2560).contains(0x0072B2), "the first line's blue, right");
  }

  /** As the PSNR of a picture that comes back exactly. */
  @Test
  void pointsThatAreNotFiniteAreLeftOut() {
    double[] x = {0, 1, 2, 3};
    double infinite = Double.POSITIVE_INFINITY;
    LineChart chart =
        new LineChart("one", "x", "y")
            .curve("exact", x, new double[] {infinite, infinite, infinite, infinite})
            .line("rising", x, new double[] {1, infinite, 3, Double.NaN});
    Image picture = LineChart.draw(List.of(chart));
    assertTrue(colours(picture, 0, 1280).contains(0x0072B2), "the first line that has points");
  }

  private static Set<Integer> colours(Image picture, int from, int to) {
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < picture.height(); y++) {
      for (int x = from; x < to; x++) {
        colours.add(picture.get(x, y, 0) << 16 | picture.get(x, y, 1) << 8 | picture.get(x, y, 2));
      }
    }
    return colours;
  }
}
