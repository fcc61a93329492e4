package dev.loupe.evaluate;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.complexity.FrameCost;
import dev.loupe.complexity.NetworkCost;
import dev.loupe.guided.EnsembleFrameRunner;
import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.PatchOrder;
import dev.loupe.guided.Progress;
import dev.loupe.image.Bicubic;
import dev.loupe.image.Image;
import dev.loupe.image.Metrics;
import dev.loupe.op.Precision;
import dev.loupe.timing.Figures;
import dev.loupe.weights.Variant;
import java.util.Map;
import java.util.Set;

/**
 * The measuring of one model on one engine, picture by picture. The engine stays the caller's; not
 * thread-safe.
 */
public final class Evaluator implements AutoCloseable {
  /** Runs of which the quickest counts: the first may compile and touch new memory. */
  private static final int RUNS = 3;

  /** Runs are not repeated once they took this long together, in milliseconds. */
  private static final double PATIENCE = 1000;

  /** Stages that are none of the network's: an ensemble prepares frames in each run. */
  private static final Set<String> AROUND = Set.of("upload", "download", "prepare");

  private final Model model;
  private final Engine engine;
  private final Precision precision;
  private final boolean ensemble;
  private final NetworkCost cost;
  private FrameSpec spec;
  private FrameRunner runner;
  private PicturePair lastPair;
  private Quality lastBicubic;

  /** An evaluator of {@code model} on {@code engine}, in fp32. */
  public Evaluator(Model model, Engine engine) {
    this(model, engine, Precision.FP32, false);
  }

  /**
   * As above, with tensors stored in {@code precision}.
   *
   * @param ensemble whether each picture is made in its eight symmetries
   * @throws IllegalArgumentException if the engine cannot
   */
  public Evaluator(Model model, Engine engine, Precision precision, boolean ensemble) {
    engine.require(precision);
    this.precision = precision;
    this.ensemble = ensemble;
    this.model = model;
    this.engine = engine;
    cost = new NetworkCost(model.network(), model.metadata().p());
  }

  /** As {@link #score(PicturePair, Variant, PatchCount, PatchOrder, Progress)}, as published. */
  public ImageScore score(PicturePair pair, Variant variant, PatchCount k, Progress progress) {
    return score(pair, variant, k, PatchOrder.LARGEST, progress);
  }

  /**
   * Upscales a picture and compares it with the true one. The time is that of the quickest of a few
   * runs, or of the only one where that is slow.
   *
   * @throws IllegalArgumentException if the model has no such variant, or the picture is too small
   *     to compare
   */
  public ImageScore score(
      PicturePair pair, Variant variant, PatchCount k, PatchOrder order, Progress progress) {
    int scale = model.metadata().scale();
    Image small = pair.lowRes();
    Image result = upscaled(small, variant, k, order, progress);
    double millis = quickest(small, result);
    FrameCost frameCost = cost.frame(variant, k, small.width(), small.height());
    return new ImageScore(
        pair.name(),
        small.width(),
        small.height(),
        Quality.of(result, pair.highRes(), scale),
        bicubic(pair, scale),
        millis,
        refinedShare(variant),
        ensemble ? frameCost.times(EnsembleFrameRunner.RUNS) : frameCost);
  }

  /**
   * The PSNR on Y alone, in dB, as {@link #score} measures it: one run, and nothing else is made.
   *
   * @throws IllegalArgumentException as {@link #score} does
   */
  public double psnrY(PicturePair pair, Variant variant, PatchCount k) {
    Image result = upscaled(pair.lowRes(), variant, k, PatchOrder.LARGEST, Progress.NONE);
    return Metrics.psnr(result, pair.highRes(), model.metadata().scale());
  }

  private Image upscaled(
      Image small, Variant variant, PatchCount k, PatchOrder order, Progress progress) {
    model.requireVariant(variant);
    int scale = model.metadata().scale();
    Image result =
        Image.allocate(small.width() * scale, small.height() * scale, 3, small.bitDepth());
    prepare(
        FrameSpec.pixels(small.width(), small.height(), 3, small.bitDepth(), variant, k)
            .withOrder(order)
            .withPrecision(precision)
            .withEnsemble(ensemble));
    runner.run(small.samples(), result.samples(), progress);
    return result;
  }

  private void prepare(FrameSpec wanted) {
    if (!wanted.equals(spec)) {
      close();
      runner = model.prepare(engine, wanted);
      spec = wanted;
    }
  }

  private Quality bicubic(PicturePair pair, int scale) {
    if (!pair.equals(lastPair)) {
      Image truth = pair.highRes();
      Image enlarged = Bicubic.resize(pair.lowRes(), truth.width(), truth.height());
      lastBicubic = Quality.of(enlarged, truth, scale);
      lastPair = pair;
    }
    return lastBicubic;
  }

  private double quickest(Image small, Image result) {
    double quickest = millis();
    double spent = quickest;
    for (int i = 1; i < RUNS && spent < PATIENCE; i++) {
      runner.run(small.samples(), result.samples());
      quickest = Math.min(quickest, millis());
      spent += millis();
    }
    return quickest;
  }

  private double millis() {
    return Figures.millis(
        runner.times().nanos().entrySet().stream()
            .filter(stage -> !AROUND.contains(stage.getKey()))
            .mapToLong(Map.Entry::getValue)
            .sum());
  }

  private double refinedShare(Variant variant) {
    return switch (variant) {
      case BASE -> 0;
      case FULL -> 1;
      case ALL, MASK -> (double) runner.frame().patches() / runner.frame().cells();
    };
  }

  @Override
  public void close() {
    if (runner != null) {
      runner.close();
      runner = null;
      spec = null;
    }
  }
}
