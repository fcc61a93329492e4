package dev.loupe.train;

import dev.loupe.chart.LineChart;
import dev.loupe.file.AtomicFile;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.WriteOptions;
import dev.loupe.weights.Variant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The record of a run: a CSV file with a row a report, {@code log.csv}, and its picture, {@code
 * log.png}. A resumed run drops the rows that it is about to repeat.
 */
public final class TrainingLog {
  private static final List<String> VARIANTS =
      Arrays.stream(Variant.values()).map(Variant::toString).toList();
  private static final String HEADER =
      "iteration,phase,loss,rate,pixels_per_second," + String.join(",", VARIANTS);

  private final Path csv;
  private final Path plot;
  private final Consumer<String> warning;
  private boolean warned;
  private final List<String> rows = new ArrayList<>();

  /**
   * The log in {@code folder}, its rows after {@code iteration} left out.
   *
   * @param warning hears once if the plot cannot be drawn
   */
  public TrainingLog(Path folder, long iteration, Consumer<String> warning) {
    this.warning = warning;
    csv = folder.resolve("log.csv");
    plot = folder.resolve("log.png");
    if (iteration > 0 && Files.exists(csv)) {
      try (var lines = Files.lines(csv)) {
        lines
            .skip(1)
            .filter(row -> Long.parseLong(row.split(",", 2)[0]) <= iteration)
            .forEach(rows::add);
      } catch (IOException | UncheckedIOException | NumberFormatException e) {
        throw new IllegalArgumentException(csv + ": cannot be read; move it away", e);
      }
    }
  }

  /** Appends a row and writes both files anew. */
  public void add(LogRow row) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d,%s,%.6f,%.3e,%.0f",
            row.iteration(),
            row.phase(),
            row.loss(),
            row.rate(),
            row.pixelsPerSecond()));
    for (String variant : VARIANTS) {
      Double psnr = row.psnr().get(variant);
      text.append(',').append(psnr == null ? "" : String.format(Locale.ROOT, "%.4f", psnr));
    }
    rows.add(text.toString());
    try {
      String all = HEADER + "\n" + String.join("\n", rows) + "\n";
      AtomicFile.write(csv, out -> out.write(all.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IllegalStateException(csv + ": cannot be written: " + e.getMessage(), e);
    }
    try {
      draw();
    } catch (RuntimeException | LinkageError | InternalError e) {
      // A Java without fonts cannot, and a full disk; neither is worth the end of a training.
      warn(e);
    }
  }

  private void warn(Throwable e) {
    if (!warned) {
      warned = true;
      warning.accept("%s: cannot be drawn: %s; training goes on".formatted(plot, e.getMessage()));
    }
  }

  private void draw() {
    List<String[]> cells = rows.stream().map(row -> row.split(",", -1)).toList();
    LineChart loss = new LineChart("Loss", "iteration", "loss");
    for (String phase : new TreeSet<>(cells.stream().map(c -> c[1]).toList())) {
      List<String[]> own = cells.stream().filter(c -> c[1].equals(phase)).toList();
      loss.curve(phase, column(own, 0), column(own, 2));
    }
    List<LineChart> panels = new ArrayList<>(List.of(loss));
    Map<String, List<String[]>> measured = new TreeMap<>();
    for (int v = 0; v < VARIANTS.size(); v++) {
      int at = HEADER.split(",", -1).length - VARIANTS.size() + v;
      List<String[]> own = cells.stream().filter(c -> !c[at].isEmpty()).toList();
      if (!own.isEmpty()) {
        measured.put(VARIANTS.get(v), own.stream().map(c -> new String[] {c[0], c[at]}).toList());
      }
    }
    if (!measured.isEmpty()) {
      LineChart psnr = new LineChart("Validation", "iteration", "PSNR on Y (dB)");
      measured.forEach((name, own) -> psnr.curve(name, column(own, 0), column(own, 1)));
      panels.add(psnr);
    }
    ImageWriter.write(LineChart.draw(panels), plot, WriteOptions.DEFAULT);
  }

  private static double[] column(List<String[]> cells, int index) {
    return cells.stream().mapToDouble(c -> Double.parseDouble(c[index])).toArray();
  }
}
