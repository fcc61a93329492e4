package dev.loupe.cli;

import dev.loupe.evaluate.MeanScore;
import dev.loupe.evaluate.Sweep;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A curve of quality against cost as lines for people, as CSV and as JSON.
 *
 * @param points by order and K
 */
record SweepReport(List<Sweep.Point> points) {
  /** The table for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%-9s %6s %8s %8s %8s %8s %9s",
            "order",
            "K",
            "refined",
            "PSNR Y",
            "SSIM Y",
            "GFLOPs",
            "ms"));
    for (Sweep.Point point : points) {
      MeanScore mean = point.mean();
      lines.add(
          String.format(
              Locale.ROOT,
              "%-9s %6s %7.1f%% %8.3f %8.4f %8.3f %9.2f",
              point.order(),
              point.k(),
              100 * mean.refinedShare(),
              mean.quality().psnrY(),
              mean.quality().ssimY(),
              mean.gigaflops().multiplyAdds(),
              mean.millis()));
    }
    return lines;
  }

  /** A row a point. */
  String csv() {
    StringBuilder csv = new StringBuilder("order,k,");
    csv.append(Column.header(ScoreColumns.POINT)).append('\n');
    for (Sweep.Point point : points) {
      csv.append(point.order()).append(',').append(point.k()).append(',');
      csv.append(Column.csv(ScoreColumns.POINT, point.mean())).append('\n');
    }
    return csv.toString();
  }

  /** The run's JSON with the curve. */
  Map<String, Object> json(Map<String, Object> run, Path csv, Path plot) {
    Map<String, Object> json = new LinkedHashMap<>(run);
    json.put("csv", csv.toString());
    json.put("plot", plot.toString());
    List<Map<String, Object>> curve = new ArrayList<>();
    for (Sweep.Point point : points) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("order", point.order().toString());
      one.put("k", point.k().toString());
      one.putAll(Column.json(ScoreColumns.MODEL, point.mean()));
      curve.add(one);
    }
    json.put("sweep", curve);
    return json;
  }
}
