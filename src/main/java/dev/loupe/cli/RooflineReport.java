package dev.loupe.cli;

import dev.loupe.cli.LoupeCommand.Outcome;
import dev.loupe.guided.Variant;
import dev.loupe.op.Roofline;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The table of {@code loupe bench --roofline}.
 *
 * @param bench what measures
 * @param variants of each network
 * @param say takes each line as it is known
 */
record RooflineReport(RooflineBench bench, List<Variant> variants, Consumer<String> say) {
  /** Operators to a network that are named; the rest takes no time worth a word. */
  private static final int NAMED = 4;

  Outcome run(FrameSize size, int runs) {
    Roofline limits = bench.limits();
    line("limits: %.1f GFLOP/s multiply-adds, %.1f GB/s copy", limits.gflops(), limits.gigabytes());
    line("input %s, x%d, random weights; verified on a small frame", size, RooflineBench.SCALE);
    line("network  variant       ms  GFLOP/s  executed  of peak    GB/s  of copy  of the roof");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String network : RooflineBench.NETWORKS) {
      for (Variant variant : variants) {
        rows.add(tell(bench.run(network, variant, size, runs, limits)));
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("input", size.toString());
    json.put("gflops", limits.gflops());
    json.put("gigabytes_per_second", limits.gigabytes());
    json.put("rows", rows);
    return new Outcome(Main.DONE, json);
  }

  private Map<String, Object> tell(Map<String, Object> row) {
    line(
        "%-8s %-7s %8.1f %8.1f %9.1f %7.0f%% %7.1f %7.0f%% %11.0f%%",
        row.get("network"),
        row.get("variant"),
        row.get("ms"),
        row.get("gflops"),
        row.get("gflops_executed"),
        percent(row.get("share_of_multiply_adds")),
        row.get("gigabytes_per_second"),
        percent(row.get("share_of_copy")),
        percent(row.get("share_of_roof")));
    List<?> operators = (List<?>) row.get("operators");
    line(
        "    %s",
        operators.stream()
            .limit(NAMED)
            .map(operator -> text((Map<?, ?>) operator))
            .collect(Collectors.joining(", ")));
    return row;
  }

  private static String text(Map<?, ?> operator) {
    return "%s %.0f%% of the time at %.0f%% of its roof"
        .formatted(
            operator.get("operator"),
            percent(operator.get("share_of_time")),
            percent(operator.get("share_of_roof")));
  }

  private static double percent(Object share) {
    return 100 * (Double) share;
  }

  private void line(String format, Object... arguments) {
    say.accept(String.format(Locale.ROOT, format, arguments));
  }
}
