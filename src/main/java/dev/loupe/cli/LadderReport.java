package dev.loupe.cli;

import dev.loupe.cli.LoupeCommand.Outcome;
import dev.loupe.op.Precision;
import dev.loupe.timing.LadderBench;
import dev.loupe.timing.LadderRung;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of {@code loupe bench --ladder}.
 *
 * @param bench what measures
 * @param command says each line as it is known
 */
record LadderReport(LadderBench bench, LoupeCommand command) {
  Outcome run(FrameSize size, int runs) {
    command.say("input %s; verified: %s", size, LadderBench.HOW);
    command.say("graph           min ms  median ms   CPU ms  GFLOP/s  max error  peak MB");
    List<LadderBench.Result> results = new ArrayList<>();
    for (LadderRung rung : LadderRung.all()) {
      LadderBench.Result result = bench.run(rung, size.width(), size.height(), runs);
      tell(result);
      results.add(result);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("device", results.get(0).device());
    json.put("binding", results.get(0).binding());
    json.put("precision", Precision.FP32.toString());
    json.put("input", size.toString());
    json.put("verified", LadderBench.HOW);
    json.put("rows", results.stream().map(LadderBench.Result::json).toList());
    return new Outcome(Main.DONE, json);
  }

  private void tell(LadderBench.Result result) {
    command.say(
        "%-13s %8.1f %10.1f %8.1f %8.1f %10.1e %8.1f",
        result.name(),
        result.minMs(),
        result.medianMs(),
        result.cpuMs(),
        result.gflops(),
        result.maxError(),
        result.peakDeviceMb());
  }
}
