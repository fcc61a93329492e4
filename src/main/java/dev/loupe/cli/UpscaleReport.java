package dev.loupe.cli;

import dev.loupe.Guidance;
import dev.loupe.Upscaler;
import dev.loupe.Work;
import dev.loupe.timing.Figures;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@code loupe upscale} tells of a run: as lines for people and as JSON. */
final class UpscaleReport {
  private final Upscaler upscaler;
  private final String deviceChoice;
  private final boolean explains;
  private final List<Map<String, Object>> files = new ArrayList<>();
  private final BatchTimes batch = new BatchTimes();
  private int failed;
  private int exitCode = Main.DONE;

  /**
   * An empty report.
   *
   * @param deviceChoice what the user asked for, or null
   */
  UpscaleReport(Upscaler upscaler, String deviceChoice, boolean explains) {
    this.upscaler = upscaler;
    this.deviceChoice = deviceChoice;
    this.explains = explains;
  }

  /** Takes in a picture that is done; returns what is told of it. */
  List<String> add(PictureRun run) {
    batch.add(run);
    files.add(json(run));
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s %s -> %s %s%s, %s s"
            .formatted(
                run.job().input(),
                run.inputSize(),
                run.job().output(),
                run.outputSize(),
                refined(run.work().guidance()),
                seconds(run.totalNanos())));
    if (explains) {
      lines.addAll(stages(run));
      lines.add(memory(run.work()));
    }
    return lines;
  }

  private static Map<String, Object> json(PictureRun run) {
    Work work = run.work();
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("input", run.job().input().toString());
    file.put("output", run.job().output().toString());
    file.put("input_size", run.inputSize());
    file.put("output_size", run.outputSize());
    file.put("k", work.guidance().selected().length);
    file.put("patches", work.guidance().cells());
    Map<String, Double> times = new LinkedHashMap<>();
    run.times()
        .nanos()
        .forEach((stage, nanos) -> times.put(stage, Figures.rounded(Figures.millis(nanos))));
    file.put("stages_ms", times);
    file.put("total_ms", Figures.rounded(Figures.millis(run.totalNanos())));
    file.put("slowest", slowest(run));
    file.put("planned_device_mb", Figures.mb(work.memory().planned()));
    file.put("pieces", work.memory().pieces());
    file.put("unshared_device_mb", Figures.mb(work.memory().separate()));
    return file;
  }

  private static List<String> stages(PictureRun run) {
    Map<String, Long> stages = run.times().nanos();
    String slowest = slowest(run);
    return List.of(
        stages.entrySet().stream()
            .map(stage -> stage.getKey() + " " + ms(stage.getValue()))
            .collect(Collectors.joining(", ", "  ms: ", ", total " + ms(run.totalNanos()))),
        "  slowest: %s, %.0f%% of the time"
            .formatted(slowest, 100.0 * stages.get(slowest) / run.totalNanos()));
  }

  private static String slowest(PictureRun run) {
    return run.times().nanos().entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  /** Takes in a picture that failed; returns the line for stderr. */
  String addFailed(PictureRun run) {
    batch.add(run);
    PictureJob job = run.job();
    Failure failure = Failure.of(run.failure());
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("input", job.input().toString());
    file.put("error", failure.message());
    files.add(file);
    failed++;
    exitCode = Failure.graver(exitCode, failure.exitCode());
    String message = failure.message();
    return message.contains(job.input().toString()) || message.contains(job.output().toString())
        ? message
        : job.input() + ": " + message;
  }

  int exitCode() {
    return exitCode;
  }

  /** What is told once all pictures are: which stage held them up, and what they ran on. */
  List<String> end() {
    List<String> lines = new ArrayList<>();
    if (failed == files.size()) {
      return lines;
    }
    if (files.size() > 1) {
      lines.add(batch.line());
    }
    lines.add(
        "device %s, model %s, variant %s%s"
            .formatted(
                device(),
                upscaler.model().name(),
                upscaler.variant(),
                upscaler.isSelfEnsemble() ? ", self-ensemble" : ""));
    if (explains) {
      lines.addAll(explanation());
    }
    return lines;
  }

  /** The run as JSON. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    if (failed > 0) {
      json.put(
          "error",
          files.size() == 1
              ? files.get(0).get("error")
              : "%d of %d pictures failed".formatted(failed, files.size()));
    }
    json.put("device", upscaler.engine().deviceName());
    upscaler.engine().device().ifPresent(device -> json.put("device_id", device.id()));
    json.put("binding", upscaler.engine().bindingName());
    json.put("model", upscaler.model().name());
    json.put("variant", upscaler.variant().toString());
    json.put("precision", upscaler.precision().toString());
    json.put("self_ensemble", upscaler.isSelfEnsemble());
    json.put("peak_device_mb", Figures.mb(upscaler.engine().peakDeviceBytes()));
    json.put("files", files);
    json.put("batch", batch.json());
    if (explains) {
      json.put("explain", explanation());
    }
    return json;
  }

  private String device() {
    return upscaler
        .engine()
        .device()
        .map(device -> device.index() + ": " + device.name())
        .orElseGet(() -> upscaler.engine().deviceName());
  }

  /** Nothing where there are no patches, or none was refined. */
  private static String refined(Guidance guidance) {
    int refined = guidance.selected().length;
    return refined == 0 ? "" : ", %.1f%% refined".formatted(100.0 * refined / guidance.cells());
  }

  private static String memory(Work work) {
    return "  memory: planned %.1f MB, %.1f MB with no sharing; the frame is made %s"
        .formatted(
            Figures.mb(work.memory().planned()),
            Figures.mb(work.memory().separate()),
            work.memory().pieces());
  }

  private List<String> explanation() {
    List<String> all = new ArrayList<>();
    all.add(
        "  %s, binding %s%s"
            .formatted(upscaler.precision(), upscaler.engine().bindingName(), patches()));
    if (upscaler.engine().device().isEmpty()) {
      all.add("  no OpenCL: -d java runs in plain Java");
      return all;
    }
    upscaler.engine().device().ifPresent(device -> all.add("  id " + device.id()));
    all.add(
        deviceChoice == null
            ? "  this device: none was named; a discrete GPU comes before an integrated one, a"
                + " CPU and an accelerator, the larger first"
            : "  this device: it is the best that '%s' matches".formatted(deviceChoice));
    upscaler
        .engine()
        .tuning()
        .ifPresent(
            tuning ->
                all.add(
                    "  tuning class %s: %d lanes, %d accumulators, work-group %d, %d patches a batch"
                        .formatted(
                            tuning.deviceClass(),
                            tuning.lanes(),
                            tuning.accumulators(),
                            tuning.workGroup(),
                            tuning.patchBatch())));
    all.add(
        "  programs: %d, specialised for this frame and device; device memory at most %.1f MB"
            .formatted(
                upscaler.engine().programs(), Figures.mb(upscaler.engine().peakDeviceBytes())));
    return all;
  }

  /** Only variant mask chooses patches. */
  private String patches() {
    return upscaler.variant() == Variant.MASK
        ? ", K = %s, patches of %2$dx%2$d"
            .formatted(upscaler.patchCount(), upscaler.model().metadata().p())
        : "";
  }

  /** Nanoseconds as seconds, to a hundredth. */
  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.2f", Figures.millis(nanos) / 1000);
  }

  private static String ms(long nanos) {
    return String.format(Locale.ROOT, "%.1f", Figures.millis(nanos));
  }
}
