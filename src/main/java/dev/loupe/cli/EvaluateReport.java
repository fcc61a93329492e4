package dev.loupe.cli;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.evaluate.ImageScore;
import dev.loupe.evaluate.MeanScore;
import dev.loupe.evaluate.PictureFolder;
import dev.loupe.evaluate.Quality;
import dev.loupe.guided.PatchCount;
import dev.loupe.op.Precision;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code loupe evaluate} tells of a run: as lines for people, as CSV and as JSON. */
final class EvaluateReport {
  private static final int NAME_WIDTH = 28;

  private final Model model;
  private final Variant variant;
  private final Precision precision;
  private final PatchCount k;
  private final boolean ensemble;
  private final List<ImageScore> scores = new ArrayList<>();
  private final List<Map<String, Object>> failures = new ArrayList<>();
  private String deviceName = "";
  private int swept;
  private int exitCode = Main.DONE;

  /** An empty report. */
  EvaluateReport(
      Model model, Variant variant, PatchCount k, Precision precision, boolean ensemble) {
    this.ensemble = ensemble;
    this.precision = precision;
    this.model = model;
    this.variant = variant;
    this.k = k;
  }

  /** Names the device. */
  void ranOn(Engine engine) {
    deviceName = engine.deviceName();
  }

  /** Takes in a picture that is done. */
  void add(ImageScore score) {
    scores.add(score);
  }

  /** Counts a picture that a sweep took in. */
  void addSwept() {
    swept++;
  }

  /** Takes in a picture that failed. */
  void add(PictureFolder.Entry entry, Failure cause) {
    Map<String, Object> failure = new LinkedHashMap<>();
    failure.put("name", entry.name());
    failure.put("error", cause.message());
    failures.add(failure);
    exitCode = Failure.graver(exitCode, cause.exitCode());
  }

  boolean hasScores() {
    return !scores.isEmpty() || swept > 0;
  }

  int exitCode() {
    return exitCode;
  }

  /** The device and the model for people. */
  String ranOn() {
    return "device %s, model %s, %s%s"
        .formatted(deviceName, model.name(), precision, ensemble ? ", self-ensemble" : "");
  }

  /** The table for people; empty where nothing was measured. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (scores.isEmpty()) {
      return lines;
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%-28s %11s %8s %8s %9s %9s %8s",
            "picture",
            "LR size",
            "PSNR Y",
            "SSIM Y",
            "PSNR RGB",
            "ms",
            "refined"));
    for (ImageScore score : scores) {
      String size = score.width() + "x" + score.height();
      lines.add(
          line(shortened(score.name()), size, score.quality())
              + timed(score.millis(), score.refinedShare()));
    }
    MeanScore mean = MeanScore.of(scores);
    lines.add(line("mean", "", mean.quality()) + timed(mean.millis(), mean.refinedShare()));
    lines.add(line("bicubic", "", mean.bicubic()));
    lines.add(
        String.format(
            Locale.ROOT,
            "GFLOPs a picture: %.3f by the paper, %.3f true, %.3f executed on a CPU",
            mean.gigaflops().paper(),
            mean.gigaflops().multiplyAdds(),
            mean.gigaflops().executed()));
    String chosen = variant == Variant.MASK ? ", K = " + k : "";
    lines.add("%s, variant %s%s".formatted(ranOn(), variant, chosen));
    return lines;
  }

  private static String shortened(String name) {
    return name.length() <= NAME_WIDTH ? name : name.substring(0, NAME_WIDTH - 1) + "…";
  }

  private static String line(String name, String size, Quality quality) {
    return String.format(
        Locale.ROOT,
        "%-28s %11s %8.3f %8.4f %9.3f",
        name,
        size,
        quality.psnrY(),
        quality.ssimY(),
        quality.psnrRgb());
  }

  private static String timed(double millis, double share) {
    return String.format(Locale.ROOT, " %9.2f %7.1f%%", millis, 100 * share);
  }

  /** A row a picture, then their mean. */
  String csv() {
    StringBuilder csv = new StringBuilder("name,width,height,");
    csv.append(Column.header(ScoreColumns.COMPARED)).append('\n');
    for (ImageScore score : scores) {
      csv.append(quoted(score.name())).append(',').append(score.width()).append(',');
      csv.append(score.height()).append(',').append(row(List.of(score))).append('\n');
    }
    return csv.append("mean,,,").append(row(scores)).append('\n').toString();
  }

  private static String quoted(String name) {
    return name.matches("[^,\"\\r\\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String row(List<ImageScore> scores) {
    return Column.csv(ScoreColumns.COMPARED, MeanScore.of(scores));
  }

  /** The run as JSON. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    if (!failures.isEmpty()) {
      int all = scores.size() + swept + failures.size();
      json.put("error", "%d of %d pictures failed".formatted(failures.size(), all));
      json.put("failed", failures);
    }
    json.put("device", deviceName);
    json.put("model", model.name());
    json.put("variant", variant.toString());
    json.put("precision", precision.toString());
    json.put("self_ensemble", ensemble);
    json.put("k", variant == Variant.MASK && swept == 0 ? k.toString() : null);
    if (!scores.isEmpty()) {
      MeanScore mean = MeanScore.of(scores);
      json.put("mean", Column.json(ScoreColumns.MODEL, mean));
      json.put("bicubic", Column.json(ScoreColumns.QUALITY, mean.bicubic()));
      json.put("images", scores.stream().map(EvaluateReport::json).toList());
    }
    return json;
  }

  private static Map<String, Object> json(ImageScore score) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", score.name());
    json.put("lr_size", score.width() + "x" + score.height());
    json.putAll(Column.json(ScoreColumns.MODEL, MeanScore.of(List.of(score))));
    json.put("bicubic", Column.json(ScoreColumns.QUALITY, score.bicubic()));
    return json;
  }
}
