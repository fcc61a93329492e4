package dev.loupe.cli;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.evaluate.Evaluator;
import dev.loupe.evaluate.PictureFolder;
import dev.loupe.evaluate.PicturePair;
import dev.loupe.evaluate.Sweep;
import dev.loupe.evaluate.SweepChart;
import dev.loupe.file.AtomicFile;
import dev.loupe.file.RealPath;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.Progress;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.WriteOptions;
import dev.loupe.weights.Variant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that measures quality, time and cost of a model on a folder of pictures. */
@Command(
    name = "evaluate",
    header = "Measure PSNR, SSIM, time and cost of a model on a folder.",
    description =
        "The folder holds pairs *_HR.png, *_LR.png, or HR pictures alone, which are shrunk by"
            + " bicubic.")
final class EvaluateCommand extends LoupeCommand {
  private static final String EVERY_K = "K";

  @Parameters(paramLabel = "DIR", description = "The folder; folders inside are left out.")
  private Path folder;

  @Mixin private ModelOptions options;

  @Mixin private EnsembleOption ensemble;

  @Mixin private DeviceOptions device;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write the scores of every picture, or the sweep's curve (default: sweep.csv).")
  private Path csv;

  @Option(
      names = "--sweep",
      paramLabel = "K",
      description =
          "Measure quality against cost instead, for 'K' from none to all, or for a list such as"
              + " 'none,10%%,500,all'; patches by largest, random and smallest predicted error.")
  private String sweep;

  @Option(
      names = "--plot",
      paramLabel = "PNG",
      description = "The sweep's picture. Default: sweep.png.")
  private Path plot;

  private Model model;
  private boolean bar;

  @Override
  Outcome run() {
    requireOneOrTheOther();
    PictureFolder pictures = PictureFolder.of(folder);
    model = Model.load(options.model());
    Variant variant = model.variant(sweep == null ? options.variant : Variant.MASK, options.k);
    PatchCount k = options.patches(model);
    bar = ProgressLine.isTerminal();
    List<PatchCount> counts = sweep == null ? List.of() : counts();
    Path table = sweep == null || csv != null ? csv : Path.of("sweep.csv");
    plot = sweep == null || plot != null ? plot : Path.of("sweep.png");
    requireTargets(table, pictures);
    EvaluateReport report =
        new EvaluateReport(model, variant, k, options.precision, ensemble.selfEnsemble);
    try (Engine engine = device.open();
        Evaluator evaluator =
            new Evaluator(model, engine, options.precision, ensemble.selfEnsemble)) {
      report.ranOn(engine);
      if (sweep != null) {
        return sweep(pictures, new Sweep(evaluator, counts), report, table);
      }
      measure(
          pictures,
          report,
          (pair, progress) -> report.add(evaluator.score(pair, variant, k, progress)));
    }
    report.lines().forEach(line -> say("%s", line));
    if (table != null && report.hasScores()) {
      write(table, report.csv());
    }
    return new Outcome(report.exitCode(), report.json());
  }

  private void requireOneOrTheOther() {
    if (sweep != null && (options.variant != null || options.k != null)) {
      throw new IllegalArgumentException(
          "--sweep %s: has patch counts of its own; leave out --variant and -k".formatted(sweep));
    }
    if (sweep == null && plot != null) {
      throw new IllegalArgumentException(
          "--plot %s: is the picture of a sweep; add --sweep K, or leave it out".formatted(plot));
    }
  }

  private void requireTargets(Path table, PictureFolder pictures) {
    List<Path> inputs = new ArrayList<>(pictures.files());
    inputs.add(Path.of(options.model()));
    requireTarget("--csv", table);
    requireNoOverwrite("--csv", table, inputs);
    if (plot == null) {
      return;
    }
    requireTarget("--plot", plot);
    ImageWriter.checkTarget(plot);
    requireNoOverwrite("--plot", plot, inputs);
    if (RealPath.of(table).equals(RealPath.of(plot))) {
      throw new IllegalArgumentException(
          "--csv %s, --plot %s: are one file; name two".formatted(table, plot));
    }
  }

  private List<PatchCount> counts() {
    if (sweep.equalsIgnoreCase(EVERY_K)) {
      return Sweep.K;
    }
    List<PatchCount> counts =
        Arrays.stream(sweep.split(",")).map(String::strip).map(PatchCount::parse).toList();
    if (counts.isEmpty()) {
      throw new IllegalArgumentException(
          "--sweep %s: names no K; give some, such as none,15%%,all".formatted(sweep));
    }
    return counts;
  }

  private Outcome sweep(PictureFolder pictures, Sweep curve, EvaluateReport report, Path table) {
    measure(
        pictures,
        report,
        (pair, progress) -> {
          curve.add(pair, progress);
          report.addSwept();
        });
    if (!report.hasScores()) {
      return new Outcome(report.exitCode(), report.json());
    }
    SweepReport points = new SweepReport(curve.points());
    points.lines().forEach(line -> say("%s", line));
    String title = "%s on %s".formatted(shortName(Path.of(model.name())), shortName(folder));
    write(table, points.csv());
    ImageWriter.write(SweepChart.draw(title, curve.points()), plot, WriteOptions.DEFAULT);
    say("%s", report.ranOn());
    say("wrote %s and %s", table, plot);
    return new Outcome(report.exitCode(), points.json(report.json(), table, plot));
  }

  /** The last name of a path, and the one before where that says little: Set5/x4. */
  private static String shortName(Path path) {
    Path real = path.toAbsolutePath().normalize();
    int names = real.getNameCount();
    return names > 1 && real.getFileName().toString().length() < 3
        ? real.subpath(names - 2, names).toString()
        : String.valueOf(real.getFileName());
  }

  /** Takes every picture; one that fails is reported, and the next one's turn comes. */
  private void measure(
      PictureFolder pictures, EvaluateReport report, BiConsumer<PicturePair, Progress> measure) {
    List<PictureFolder.Entry> entries = pictures.entries();
    try (ProgressLine line = bar ? new ProgressLine(entries.size()) : null) {
      for (int i = 0; i < entries.size(); i++) {
        PictureFolder.Entry entry = entries.get(i);
        if (line != null) {
          line.begin(i, entry.name());
        }
        try {
          PicturePair pair = entry.read(model.metadata().scale(), model.metadata().p());
          measure.accept(pair, line == null ? Progress.NONE : line);
        } catch (RuntimeException | OutOfMemoryError e) {
          Failure failure = Failure.of(e);
          String file = entry.highRes().toString();
          boolean named = failure.message().contains(file);
          warn("%s%s", named ? "" : file + ": ", failure.message());
          trace(e);
          report.add(entry, failure);
        }
      }
    }
  }

  private static void write(Path file, String text) {
    try {
      AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IllegalStateException(
          "%s: cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }
}
