package dev.loupe.cli;

import dev.loupe.Guidance;
import dev.loupe.Upscaler;
import dev.loupe.Work;
import dev.loupe.timing.Figures;
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
  private final List<String> lines = new ArrayList<>();
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

  /** Takes in a picture that is done. */
  void add(PictureRun run) {
    batch.add(run);
    PictureJob job = run.job();
    Work work = run.work();
    Guidance guidance = work.guidance();
    Map<String, Long> stages = run.times().nanos();
    long totalNanos = run.totalNanos();
    String slowest =
        stages.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    String patches = patches(guidance);
    lines.add(
        "%s %s -> %s %s%s"
            .formatted(job.input(), run.inputSize(), job.output(), run.outputSize(), patches));
    lines.add(
        stages.entrySet().stream()
            .map(stage -> stage.getKey() + " " + ms(stage.getValue()))
            .collect(Collectors.joining(", ", "  ms: ", ", total " + ms(totalNanos))));
    lines.add(
        "  slowest: %s, %.0f%% of the time"
            .formatted(slowest, 100.0 * stages.get(slowest) / totalNanos));
    if (explains) {
      lines.add(memory(work));
    }
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("input", job.input().toString());
    file.put("output", job.output().toString());
    file.put("input_size", run.inputSize());
    file.put("output_size", run.outputSize());
    file.put("k", guidance.selected().length);
    file.put("patches", guidance.cells());
    Map<String, Double> times = new LinkedHashMap<>();
    stages.forEach((stage, nanos) -> times.put(stage, Figures.rounded(Figures.millis(nanos))));
    file.put("stages_ms", times);
    file.put("total_ms", Figures.rounded(Figures.millis(totalNanos)));
    file.put("slowest", slowest);
    file.put("planned_device_mb", Figures.mb(work.memory().planned()));
    file.put("pieces", work.memory().pieces());
    file.put("unshared_device_mb", Figures.mb(work.memory().separate()));
    files.add(file);
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
    // Bad input among good ones outweighs nothing: the graver of the two codes stays.
    exitCode = exitCode == Main.FAILED ? exitCode : failure.exitCode();
    String message = failure.message();
    return message.contains(job.input().toString()) || message.contains(job.output().toString())
        ? message
        : job.input() + ": " + message;
  }

  int exitCode() {
    return exitCode;
  }

  /** The run for people: the pictures, then what they ran on. */
  List<String> lines() {
    List<String> all = new ArrayList<>(lines);
    if (files.size() > 1) {
      all.add(batch.line());
    }
    if (failed < files.size()) {
      all.add(
          "device %s, binding %s, model %s, variant %s, K = %s, %s"
              .formatted(
                  device(),
                  upscaler.engine().bindingName(),
                  upscaler.model().name(),
                  upscaler.variant(),
                  upscaler.patchCount(),
                  upscaler.precision()));
      if (explains) {
        all.addAll(explanation());
      }
    }
    return all;
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
        .map(Object::toString)
        .orElseGet(() -> upscaler.engine().deviceName());
  }

  private static String patches(Guidance guidance) {
    int refined = guidance.selected().length;
    return refined == 0
        ? ""
        : ", refined %d of %d patches (%.1f%%)"
            .formatted(refined, guidance.cells(), 100.0 * refined / guidance.cells());
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
    if (upscaler.engine().device().isEmpty()) {
      all.add("  no OpenCL: -d java runs the reference operators in plain Java");
      return all;
    }
    all.add(
        deviceChoice == null
            ? "  this device: no -d was given; a discrete GPU comes before an integrated one, an"
                + " accelerator and a CPU, the larger first"
            : "  this device: it is the best that '-d %s' matches".formatted(deviceChoice));
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

  private static String ms(long nanos) {
    return String.format(Locale.ROOT, "%.1f", Figures.millis(nanos));
  }
}
