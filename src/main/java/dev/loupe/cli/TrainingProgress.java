package dev.loupe.cli;

import dev.loupe.train.LogRow;
import dev.loupe.train.Recipe;
import java.util.Locale;
import java.util.Map;

/** How far a training run is, how fast it goes and what it loses. */
final class TrainingProgress {
  private static final double SMOOTH = 0.02;

  private final Recipe recipe;
  private final long first;
  private final long startedAt = System.nanoTime();
  private long iteration;
  private String phase;
  private double rate;
  private double smoothLoss = Double.NaN;
  private double lossSum; // since the last row
  private long reported;
  private double reportedAt;

  /** The progress of a run that begins with {@code done} iterations behind it. */
  TrainingProgress(Recipe recipe, long done) {
    this.recipe = recipe;
    first = done;
    iteration = done;
    reported = done;
  }

  /** Takes in an iteration. */
  void add(long number, String ofPhase, double loss, double newRate) {
    iteration = number;
    phase = ofPhase;
    rate = newRate;
    lossSum += loss;
    smoothLoss = Double.isNaN(smoothLoss) ? loss : smoothLoss + SMOOTH * (loss - smoothLoss);
  }

  /** Since the start. */
  double seconds() {
    return (System.nanoTime() - startedAt) / 1e9;
  }

  /** Whether an iteration was taken in since the last row. */
  boolean hasNews() {
    return reported < iteration;
  }

  /** A row of the iterations since the last one, without PSNR. */
  LogRow row() {
    double loss = lossSum / (iteration - reported);
    return new LogRow(iteration, phase, loss, rate, pixelsPerSecond(), Map.of());
  }

  private double pixelsPerSecond() {
    return (iteration - reported) * recipe.crops().pixels() / (seconds() - reportedAt);
  }

  /** Counts no time since {@code begin} for the row: none was spent on its iterations. */
  void leaveOutSince(double begin) {
    reportedAt += seconds() - begin;
  }

  /** Begins the iterations of the next row: what was spent on the last one counts for none. */
  void beginRow() {
    lossSum = 0;
    reported = iteration;
    reportedAt = seconds();
  }

  /** The line for people, with the loss of late. */
  String line() {
    return line(smoothLoss, pixelsPerSecond());
  }

  /** The line for people, with what a row tells. */
  String line(LogRow row) {
    return line(row.loss(), row.pixelsPerSecond());
  }

  private String line(double loss, double pixelsPerSecond) {
    double perSecond = (iteration - first) / seconds();
    long left = (long) ((recipe.iterations() - iteration) / perSecond);
    return String.format(
        Locale.ROOT,
        "%s %d/%d  loss %.5f  rate %.1e  %.0f px/s  %d:%02d:%02d left",
        phase,
        iteration,
        recipe.iterations(),
        loss,
        rate,
        pixelsPerSecond,
        left / 3600,
        left / 60 % 60,
        left % 60);
  }
}
