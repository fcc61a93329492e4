package dev.loupe.cli;

import dev.loupe.kernel.Tuning;
import dev.loupe.kernel.TuningNote;
import dev.loupe.op.Tuner;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.timing.Figures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command that finds the tile sizes with which the user's device is fastest. */
@Command(
    name = "tune",
    header = "Find the tile sizes with which this device is fastest.",
    description = {
      "It tries the layers of the networks, and keeps what it finds for this device and driver: every",
      "later run uses it. Each candidate is held against plain Java before it is timed, in turns",
      "with the best so far. A few minutes."
    })
final class TuneCommand extends LoupeCommand {
  @Mixin private DeviceOptions device;

  @Option(names = "--dry-run", description = "Search and report, but keep nothing.")
  private boolean dryRun;

  @Override
  Outcome run() {
    if (device.isJava()) {
      throw new IllegalArgumentException("plain Java has no tile sizes; leave out -d java");
    }
    try (Context context = Context.create(device.binding.load().select(device.device()));
        CommandQueue queue = context.queue()) {
      Tuning start = Tuning.untuned(context.device());
      say("device %s, tile sizes of class %s", context.device().name(), start.deviceClass());
      Tuner.Result found = search(new Tuner(context, queue), start);
      Map<String, Integer> changed = found.tuning().parameters();
      changed.entrySet().removeAll(start.parameters().entrySet());
      String kept = dryRun ? null : TuningNote.write(context.device(), found.tuning()).toString();
      say(
          changed.isEmpty() ? "The sizes of the class are the best." : "%s: %.2f times as fast",
          changed,
          found.gain());
      say(dryRun ? "Nothing was kept." : "Kept in %s", kept);
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("device", context.device().name());
      json.put("driver", context.device().versions().driver());
      json.put("class", start.deviceClass());
      json.put("changed", changed);
      json.put("gain", Figures.rounded(found.gain()));
      json.put("file", kept);
      json.put("trials", found.trials().stream().map(TuneCommand::json).toList());
      return new Outcome(Main.DONE, json);
    }
  }

  private Tuner.Result search(Tuner tuner, Tuning start) {
    int candidates = Tuner.candidates(start);
    List<Tuner.Trial> tried = new ArrayList<>();
    if (!ProgressLine.isTerminal()) {
      return tuner.search(start, this::tell);
    }
    try (ProgressLine line = new ProgressLine(candidates)) {
      line.begin(0, "self-test");
      return tuner.search(
          start,
          trial -> {
            tried.add(trial);
            line.begin(tried.size(), trial.parameter());
          });
    } finally {
      tried.forEach(this::tell);
    }
  }

  private void tell(Tuner.Trial trial) {
    say(
        "  %-16s %6d  %s",
        trial.parameter(),
        trial.value(),
        trial.refusal().isEmpty()
            ? "%.2f times as fast".formatted(trial.gain())
            : "refused: " + trial.refusal());
  }

  private static Map<String, Object> json(Tuner.Trial trial) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("parameter", trial.parameter());
    json.put("value", trial.value());
    json.put("gain", Figures.rounded(trial.gain()));
    json.put("refusal", trial.refusal());
    return json;
  }
}
