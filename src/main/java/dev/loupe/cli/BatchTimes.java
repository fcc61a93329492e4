package dev.loupe.cli;

import dev.loupe.cli.PictureRun.Stage;
import dev.loupe.timing.Figures;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How long each stage of a {@link PicturePipeline} worked, over all pictures. */
final class BatchTimes {
  private final long start = System.nanoTime();
  private final Map<Stage, Long> busy = new EnumMap<>(Stage.class);
  private long end = start;
  private int pictures;

  /** Takes in a picture, done or failed. */
  void add(PictureRun run) {
    for (Stage stage : Stage.values()) {
      busy.merge(stage, run.busy(stage), Long::sum);
    }
    end = System.nanoTime();
    pictures++;
  }

  /** For people: the stages, and which of them a faster batch waits for. */
  String line() {
    String stages =
        busy.entrySet().stream()
            .map(e -> name(e.getKey()) + " " + UpscaleReport.seconds(e.getValue()))
            .collect(Collectors.joining(", "));
    return "%d pictures in %s s: %s; slowest: %s, busy %.0f%% of the time"
        .formatted(
            pictures,
            UpscaleReport.seconds(end - start),
            stages,
            name(slowest()),
            100.0 * busy.get(slowest()) / (end - start));
  }

  /** The same as JSON. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("pictures", pictures);
    json.put("wall_ms", Figures.rounded(Figures.millis(end - start)));
    Map<String, Double> stages = new LinkedHashMap<>();
    busy.forEach((stage, nanos) -> stages.put(name(stage), Figures.rounded(Figures.millis(nanos))));
    json.put("stages_ms", stages);
    json.put("slowest", name(slowest()));
    return json;
  }

  private Stage slowest() {
    return busy.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  private static String name(Stage stage) {
    return stage.name().toLowerCase(Locale.ROOT);
  }
}
