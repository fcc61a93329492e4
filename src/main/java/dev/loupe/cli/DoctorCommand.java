package dev.loupe.cli;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.SelfCheckException;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.kernel.TuningNote;
import dev.loupe.op.Precision;
import dev.loupe.op.SelfTest;
import dev.loupe.opencl.ClException;
import dev.loupe.opencl.ClUnavailableException;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.Platform;
import dev.loupe.opencl.Quirks;
import dev.loupe.weights.ModelFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The command that finds out whether this machine's OpenCL can be trusted, and what to do if not.
 */
@Command(
    name = "doctor",
    header = "Check this machine's OpenCL drivers and devices.",
    description = {
      "Show what there is, and run every kernel on every device against its reference in plain Java,",
      "and the self-check of every bundled model."
    })
final class DoctorCommand extends LoupeCommand {
  private static final String ADVICE =
      "Install an OpenCL driver: Debian and Ubuntu 'sudo apt-get install pocl-opencl-icd"
          + " ocl-icd-libopencl1' (any CPU), 'intel-opencl-icd' (Intel GPU), NVIDIA's and AMD's come"
          + " with their drivers (in a container also 'nvidia-container-toolkit'). '-d java' works"
          + " without, slowly.";

  @Mixin private BindingOption binding;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = "Run the self-check of this .safetensors file too; may be repeated.")
  private List<String> more = List.of();

  private final List<Model> models = new ArrayList<>();
  private final Map<String, Object> json = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  @Override
  Outcome run() {
    Stream.concat(ModelFiles.bundled().stream(), more.stream())
        .distinct()
        .forEach(name -> models.add(Model.load(name)));
    tell("java", System.getProperty("java.vendor") + " " + System.getProperty("java.version"));
    tell("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    tell("loaders", OpenClInstall.loaders());
    tell("registry", OpenClInstall.registry());
    tell("drivers", OpenClInstall.drivers());
    try {
      examine(binding.load());
    } catch (ClUnavailableException e) {
      problems.add(e.getMessage());
      problems.add(ADVICE);
    }
    json.put("problems", problems);
    problems.forEach(problem -> say("PROBLEM  %s", problem));
    if (problems.isEmpty()) {
      say("All is well.");
    }
    return new Outcome(problems.isEmpty() ? Main.DONE : Main.FAILED, json);
  }

  private void tell(String what, Object found) {
    json.put(what, found);
    if (found instanceof List<?> list) {
      say("%-10s%s", what, list.isEmpty() ? "none" : list.get(0));
      list.stream().skip(1).forEach(item -> say("%-10s%s", "", item));
    } else {
      say("%-10s%s", what, found);
    }
  }

  private void examine(OpenCl openCl) {
    tell("binding", openCl.bindingName());
    tell("platforms", openCl.platforms().stream().map(DoctorCommand::text).toList());
    List<Map<String, Object>> devices = new ArrayList<>();
    json.put("devices", devices);
    for (Device device : openCl.devices()) {
      say("device   %s", device);
      say(
          "         driver %s, %s, %.1f GB",
          device.versions().driver(), device.versions().openCl(), device.memory().global() / 1e9);
      Quirks.advice(device).ifPresent(problems::add);
      Map<String, Object> found = new LinkedHashMap<>();
      devices.add(found);
      found.put("id", device.id());
      found.put("driver", device.versions().driver());
      found.put("opencl", device.versions().openCl());
      found.put("tuning", tuning(device));
      found.put("self_test", selfTest(device));
      found.put("models", selfChecks(device, openCl.bindingName()));
    }
    problems.addAll(openCl.problems());
    if (devices.isEmpty()) {
      problems.add("OpenCL is there, but no device.");
      problems.add(ADVICE);
    }
  }

  /** Which tile sizes are in use: those of the device's class, or what {@code loupe tune} kept. */
  private Map<String, Object> tuning(Device device) {
    Tuning row = Tuning.untuned(device);
    boolean isTuned = TuningNote.read(device, row).isPresent();
    say(
        "         tile sizes of class %s%s",
        row.deviceClass(),
        isTuned ? ", as 'loupe tune' found them" : "; 'loupe tune' may do better");
    Map<String, Object> tuning = new LinkedHashMap<>();
    tuning.put("class", row.deviceClass());
    tuning.put("tuned", isTuned);
    tuning.put("parameters", Tuning.of(device).parameters());
    return tuning;
  }

  private static String text(Platform platform) {
    return platform.name() + ", " + platform.version();
  }

  private List<Map<String, Object>> selfTest(Device device) {
    List<Map<String, Object>> lines = new ArrayList<>();
    try (Context context = Context.create(device);
        KernelLibrary library = new KernelLibrary(context);
        CommandQueue queue = context.queue()) {
      for (Precision precision : Precision.values()) {
        Map<String, List<SelfTest.Result>> byOperator = new LinkedHashMap<>();
        for (SelfTest.Result result : SelfTest.run(library, queue, precision)) {
          byOperator.computeIfAbsent(result.operator(), o -> new ArrayList<>()).add(result);
        }
        byOperator.forEach(
            (operator, results) -> lines.add(tell(device, precision, operator, results)));
      }
    } catch (ClException e) {
      cannotRun(device, e);
    }
    return lines;
  }

  private void cannotRun(Device device, ClException e) {
    String why = Failure.of(e).message();
    problems.add(
        "%s: %s; update its driver, or take another device with -d".formatted(device, why));
  }

  private List<Map<String, Object>> selfChecks(Device device, String bindingName) {
    List<Map<String, Object>> lines = new ArrayList<>();
    try (Engine engine = Engine.open(device.id(), bindingName)) {
      models.forEach(model -> lines.add(selfCheck(model, engine)));
    } catch (ClException e) {
      cannotRun(device, e);
    }
    return lines;
  }

  private Map<String, Object> selfCheck(Model model, Engine engine) {
    String found;
    try {
      found = model.selfCheck(engine) ? "ok" : "none";
    } catch (SelfCheckException e) {
      found = "failed";
      problems.add(e.getMessage());
    } catch (IllegalArgumentException e) {
      found = "failed"; // the device cannot run a kernel; what else is wrong is still to be told
      problems.add("%s: %s: %s".formatted(engine.deviceName(), model.name(), e.getMessage()));
    }
    String word = Map.of("ok", "ok", "none", "carries none", "failed", "FAILED").get(found);
    say("         %-18s %-6s  self-check of the model", model.name(), word);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("model", model.name());
    line.put("self_check", found);
    return line;
  }

  private Map<String, Object> tell(
      Device device, Precision precision, String operator, List<SelfTest.Result> results) {
    double error = results.stream().mapToDouble(SelfTest.Result::error).max().orElse(0);
    boolean passed = results.stream().allMatch(SelfTest.Result::passed);
    say(
        "         %s %-18s %s  largest error %.1e in %d cases",
        precision, operator, passed ? "ok    " : "FAILED", error, results.size());
    results.stream()
        .filter(result -> !result.passed())
        .forEach(
            result ->
                problems.add(
                    "%s: %s in %s of %s is off by %.1e%s; update its driver, or take another device"
                        .formatted(
                            device,
                            operator,
                            precision,
                            result.inputs(),
                            result.error(),
                            result.failure().isEmpty() ? "" : " (" + result.failure() + ")")));
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("operator", operator);
    line.put("precision", precision.toString());
    line.put("cases", results.size());
    line.put("largest_error", Main.finite(error));
    line.put("passed", passed);
    return line;
  }
}
