package dev.loupe.cli;

import dev.loupe.Engine;
import dev.loupe.weights.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that holds the engine against golden cases. */
@Command(
    name = "verify",
    header = "Run golden cases and compare with the results in them.",
    description = {
      "Errors are the largest difference over the range of the expected tensor's values."
    })
final class VerifyCommand extends LoupeCommand {
  @Parameters(
      paramLabel = "CASE",
      arity = "1..*",
      description = "Golden cases: .safetensors with weights.*, in, and out.* for each variant.")
  private List<Path> cases;

  @Mixin private DeviceOptions device;

  @Option(
      names = "--tolerance",
      paramLabel = "ERROR",
      defaultValue = "1e-4",
      description = "The error that is allowed. Default: ${DEFAULT-VALUE}.")
  private double tolerance;

  @Override
  Outcome run() {
    if (!(tolerance >= 0)) {
      throw new IllegalArgumentException("--tolerance %s: must be 0 or more".formatted(tolerance));
    }
    int exitCode = Main.DONE;
    int failed = 0;
    List<Map<String, Object>> results = new ArrayList<>();
    try (Engine engine = device.open()) {
      say("device %s, binding %s", engine.deviceName(), engine.bindingName());
      for (Path file : cases) {
        int found = verify(engine, file, results);
        failed += found == Main.DONE ? 0 : 1;
        exitCode = Failure.graver(exitCode, found);
      }
      Map<String, Object> json = new LinkedHashMap<>();
      if (failed > 0) {
        json.put("error", "%d of %d cases failed".formatted(failed, cases.size()));
      }
      json.put("device", engine.deviceName());
      json.put("binding", engine.bindingName());
      json.put("tolerance", tolerance);
      json.put("cases", results);
      return new Outcome(exitCode, json);
    }
  }

  private int verify(Engine engine, Path file, List<Map<String, Object>> results) {
    try {
      return verify(engine, GoldenCase.read(file), results);
    } catch (RuntimeException e) {
      Failure failure = Failure.of(e);
      warn("%s", failure.message());
      trace(e);
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("case", file.toString());
      result.put("error", failure.message());
      results.add(result);
      return failure.exitCode();
    }
  }

  private int verify(Engine engine, GoldenCase golden, List<Map<String, Object>> results) {
    say("%s", golden.name());
    int exitCode = Main.DONE;
    for (Variant variant : golden.variants()) {
      GoldenCase.Agreement found = golden.run(engine, variant);
      boolean passed = found.within(tolerance);
      StringBuilder line = new StringBuilder();
      found.errors().forEach((tensor, error) -> line.append(" %s %.1e".formatted(tensor, error)));
      if (found.hasSelection()) {
        line.append(found.sameSelection() ? ", same patches" : ", OTHER PATCHES");
      }
      say("  %-4s %s %s", variant, passed ? "ok    " : "FAILED", line.toString().strip());
      results.add(golden.json(variant, found, passed));
      exitCode = passed ? exitCode : Main.FAILED;
    }
    return exitCode;
  }
}
