package dev.loupe.cli;

import dev.loupe.cli.LoupeCommand.Outcome;
import dev.loupe.network.Networks;
import dev.loupe.op.Roofline;
import dev.loupe.opencl.OpenCl;
import dev.loupe.timing.RooflineBench;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The table of {@code loupe bench --roofline}.
 *
 * @param bench what measures
 * @param variants of each network
 * @param command says each line as it is known
 */
record RooflineReport(RooflineBench bench, List<Variant> variants, LoupeCommand command) {
  /** Operators to a network that are named; the rest takes no time worth a word. */
  private static final int NAMED = 4;

  Outcome run(FrameSize size, int runs) {
    Roofline limits = bench.limits();
    command.say(
        "limits: %.1f GFLOP/s multiply-adds, %.1f GB/s copy", limits.gflops(), limits.gigabytes());
    command.say(
        "input %s, x%d, %s, random weights; verified on a small frame",
        size, RooflineBench.SCALE, bench.precision());
    command.say(
        "network  variant       ms  GFLOP/s  executed  of peak    GB/s  of copy  of the roof");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String network : Networks.published()) {
      for (Variant variant : variants) {
        RooflineBench.Result result =
            bench.run(network, variant, size.width(), size.height(), runs, limits);
        tell(result);
        rows.add(result.json());
      }
    }
    OpenCl openCl = OpenCl.load(bench.binding());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("device", openCl.select(bench.device()).name());
    json.put("binding", openCl.bindingName());
    json.put("input", size.toString());
    json.put("precision", bench.precision().toString());
    json.put("gflops", limits.gflops());
    json.put("gigabytes_per_second", limits.gigabytes());
    json.put("rows", rows);
    return new Outcome(Main.DONE, json);
  }

  private void tell(RooflineBench.Result result) {
    RooflineBench.Speed whole = result.whole();
    command.say(
        "%-8s %-7s %8.1f %8.1f %9.1f %7.0f%% %7.1f %7.0f%% %11.0f%%",
        result.network(),
        result.variant(),
        whole.ms(),
        whole.gflops(),
        whole.executed(),
        100 * whole.ofMultiplyAdds(),
        whole.gigabytes(),
        100 * whole.ofCopy(),
        100 * whole.ofRoof());
    command.say(
        "    %s",
        result.operators().stream()
            .limit(NAMED)
            .map(RooflineReport::text)
            .collect(Collectors.joining(", ")));
  }

  private static String text(RooflineBench.OperatorSpeed operator) {
    return "%s %.0f%% of the time at %.0f%% of its roof"
        .formatted(operator.operator(), 100 * operator.ofTime(), 100 * operator.speed().ofRoof());
  }
}
