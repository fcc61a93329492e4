package dev.loupe.evaluate;

import dev.loupe.chart.LineChart;
import dev.loupe.guided.PatchOrder;
import dev.loupe.image.Image;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The picture of a sweep: PSNR against multiply-adds and against time, a line for each order. */
public final class SweepChart {
  private SweepChart() {}

  /**
   * Draws the curve.
   *
   * @param title what was measured on what
   */
  public static Image draw(String title, List<Sweep.Point> points) {
    LineChart cost = new LineChart(title, "GFLOPs a picture (true multiply-adds)", "PSNR on Y, dB");
    LineChart time = new LineChart(title, "ms a picture", "PSNR on Y, dB");
    for (PatchOrder order : PatchOrder.values()) {
      List<MeanScore> line =
          points.stream()
              .filter(p -> p.order() == order)
              .map(Sweep.Point::mean)
              .sorted(Comparator.comparingDouble(mean -> mean.gigaflops().multiplyAdds()))
              .toList();
      String name = order + " predicted error";
      if (order == PatchOrder.RANDOM) {
        name = "random patches";
      }
      double[] psnr = values(line, mean -> mean.quality().psnrY());
      cost.line(name, values(line, mean -> mean.gigaflops().multiplyAdds()), psnr);
      time.line(name, values(line, MeanScore::millis), psnr);
    }
    return LineChart.draw(List.of(cost, time));
  }

  private static double[] values(List<MeanScore> line, ToDoubleFunction<MeanScore> part) {
    return line.stream().mapToDouble(part).toArray();
  }
}
