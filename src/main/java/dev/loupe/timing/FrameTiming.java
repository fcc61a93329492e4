package dev.loupe.timing;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.guided.FrameSpec;
import dev.loupe.image.Image;
import dev.loupe.weights.Variant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One row of {@code loupe bench}: a variant on a picture, and the times of its runs so far. It owns
 * its engine, so that the memory peak is this row's.
 */
public final class FrameTiming implements AutoCloseable {
  private final Model model;
  private final Variant variant;
  private final Image picture;
  private final Engine engine;
  private final FrameBench bench;
  private String verified;
  private final double[] times;
  private int runs;
  private double best = Double.POSITIVE_INFINITY;
  private final Map<String, Double> stages = new LinkedHashMap<>();

  /** Prepares the frame; {@code engine} is closed even if that fails. */
  public FrameTiming(Engine engine, Model model, FrameSpec spec, Image picture, int mostRuns) {
    this.model = model;
    variant = spec.variant();
    this.picture = picture;
    this.engine = engine;
    bench = prepare(spec);
    times = new double[mostRuns];
  }

  private FrameBench prepare(FrameSpec spec) {
    try {
      return new FrameBench(engine, model, spec, picture);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  /**
   * Holds the output against the reference.
   *
   * @throws IllegalStateException if it is wrong
   */
  public void verify() {
    verified = bench.verify();
  }

  /** Runs once without a clock. */
  public void warmUp() {
    bench.run();
  }

  /** Runs once more and notes the time. */
  public void time() {
    long start = System.nanoTime();
    bench.run();
    double ms = Figures.millis(System.nanoTime() - start);
    times[runs++] = ms;
    if (ms < best) {
      best = ms;
      bench
          .stageNanos()
          .forEach((stage, nanos) -> stages.put(stage, Figures.rounded(Figures.millis(nanos))));
    }
  }

  public Engine engine() {
    return engine;
  }

  public Variant variant() {
    return variant;
  }

  public int patches() {
    return bench.frame().patches();
  }

  /** Whether samples cross over from and to page-locked memory. */
  public boolean isPageLocked() {
    return bench.isPageLocked();
  }

  /** Of the fastest run. */
  public double minMs() {
    return best;
  }

  public double medianMs() {
    return Figures.median(Arrays.copyOf(times, runs));
  }

  /** Of the fastest run, 2 for each multiply-add of the network's mathematics. */
  public double gflops() {
    return Figures.gflops(bench.frame().graph().cost().multiplyAdds(), best);
  }

  public double peakMb() {
    return Figures.mb(engine.peakDeviceBytes());
  }

  /** Milliseconds of each stage of the fastest run. */
  public Map<String, Double> stages() {
    return stages;
  }

  /** Milliseconds of {@code stage} of the fastest run, 0 where there is no such stage. */
  double stageMs(String stage) {
    return stages.getOrDefault(stage, 0.0);
  }

  /** How the output was verified. */
  public String verified() {
    return verified;
  }

  public String input() {
    return picture.width() + "x" + picture.height();
  }

  public Map<String, Object> json() {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("model", model.name());
    row.put("variant", variant.toString());
    row.put("k", patches());
    row.put("input", input());
    row.put("min_ms", Figures.rounded(best));
    row.put("median_ms", Figures.rounded(medianMs()));
    row.put("gflops", Math.round(gflops() * 10) / 10.0);
    row.put("peak_device_mb", peakMb());
    row.put("page_locked", isPageLocked());
    row.put("stages", stages);
    row.put("verified", verified);
    return row;
  }

  @Override
  public void close() {
    bench.close();
    engine.close();
  }
}
