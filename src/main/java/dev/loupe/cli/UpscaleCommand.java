package dev.loupe.cli;

import dev.loupe.Upscaler;
import dev.loupe.UpscalerBuilder;
import dev.loupe.file.RealPath;
import dev.loupe.guided.MemoryLimit;
import dev.loupe.image.ImageFormat;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.WriteOptions;
import dev.loupe.weights.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that upscales picture files and folders of them. */
@Command(name = "upscale", header = "Upscale pictures, and folders of them.")
final class UpscaleCommand extends LoupeCommand {
  @Parameters(
      paramLabel = "IN",
      arity = "0..*",
      description =
          "Pictures (PNG, JPEG, TIFF, BMP, GIF, WebP), or folders of them; '-' is standard input.")
  private List<Path> inputs = new ArrayList<>();

  @Option(
      names = {"-i", "--input"},
      paramLabel = "IN",
      description = "The same as an option.")
  private List<Path> moreInputs = new ArrayList<>();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT|DIR",
      required = true,
      description =
          "A file (.png, .jpg, .tif, .webp), or a directory, created where it is missing (for several"
              + " pictures, with -f, or if the name ends with /). '-' is standard output, as png or as"
              + " -f says.")
  private String output;

  @Mixin private ModelOptions model;

  @Option(
      names = {"-s", "--scale"},
      paramLabel = "2|3|4",
      description = "The factor; with '-m fsrcnn' it completes the model's name.")
  private Integer scale;

  @Mixin private EnsembleOption ensemble;

  @Mixin private OutputSize size;

  @Mixin private DeviceOptions device;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "The most device memory to take, such as 256M or 2G; less is slower. Default: on a CPU"
              + " 550M where bands of rows fit it, else up to 2G; elsewhere a quarter of the device's.")
  private MemoryLimit memory;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "png|jpg|tif|webp",
      description = "Format of the files in DIR. Default: as the input's name says, or png.")
  private String format;

  @Option(
      names = "--quality",
      paramLabel = "1..100",
      description =
          "Of lossy compression, for .jpg and .webp. Default: JPEG has 95, WebP loses nothing.")
  private Integer quality;

  @Option(
      names = "--strip",
      description = "Leave out EXIF and XMP, such as place and time. Colour profiles stay.")
  private boolean strip;

  @Option(
      names = "--skip-existing",
      description =
          "Pass over pictures whose output is there already, as after an interrupted run;"
              + " whatever made it.")
  private boolean skipExisting;

  @Option(
      names = "--mask-out",
      paramLabel = "FILE",
      description =
          "Write the error mask (.png, .jpg, .tif, .webp) as a heat map with the refined patches"
              + " outlined.")
  private Path maskOut;

  @Option(
      names = {"-v", "--explain"},
      description =
          "Say how long each stage took, why this device, how memory is planned and which programs"
              + " ran.")
  private boolean explain;

  @Override
  Outcome run() {
    List<Path> all = new ArrayList<>(inputs);
    all.addAll(moreInputs);
    if (all.isEmpty()) {
      throw new IllegalArgumentException("no picture to upscale; name a file or a folder");
    }
    if (output.isBlank() || all.contains(Path.of(""))) {
      throw new IllegalArgumentException("a name is empty; name a file or a folder");
    }
    requireFormat();
    size.check();
    boolean sends = Path.of(output).equals(Pipe.NAME);
    if (sends || all.contains(Pipe.NAME)) {
      requireOnePicture(all);
    }
    if (sends) {
      sayOnStderr();
    }
    if (all.contains(Pipe.NAME)) {
      all = List.of(Pipe.received());
    }
    return sends ? upscaleToPipe(all) : upscaleFiles(all);
  }

  private Outcome upscaleToPipe(List<Path> picture) {
    Path file = Pipe.toSend(format == null ? "png" : format);
    output = file.toString();
    format = null;
    Outcome outcome = upscaleFiles(picture);
    if (outcome.exitCode() == Main.DONE) {
      Pipe.send(file);
    }
    return outcome;
  }

  private Outcome upscaleFiles(List<Path> all) {
    List<PictureJob> jobs = PictureJob.plan(all, output, format);
    requireMaskTarget(jobs);
    requireQualityTarget(jobs);
    all.stream()
        .filter(Files::isDirectory)
        .forEach(folder -> PictureJob.leftOut(folder).ifPresent(this::note));
    return skipExisting ? upscaleMissing(jobs) : upscale(jobs);
  }

  /** Outputs appear whole or not at all: a file that is there is done. */
  private Outcome upscaleMissing(List<PictureJob> jobs) {
    List<PictureJob> missing =
        jobs.stream().filter(job -> !isThere(job.output()) || !isThere(maskOut)).toList();
    int skipped = jobs.size() - missing.size();
    if (skipped > 0) {
      say("skipped %d of %d pictures: their outputs are there", skipped, jobs.size());
    }
    Outcome outcome =
        missing.isEmpty() ? new Outcome(Main.DONE, Map.of("files", List.of())) : upscale(missing);
    Map<String, Object> json = new LinkedHashMap<>(outcome.json());
    json.put("skipped", skipped);
    return new Outcome(outcome.exitCode(), json);
  }

  private static boolean isThere(Path wanted) {
    return wanted == null || Files.isRegularFile(wanted);
  }

  private Outcome upscale(List<PictureJob> jobs) {
    if (!ProgressLine.isTerminal()) {
      return upscaleAll(jobs, false, this::tell);
    }
    // Said only once the progress bar is gone from the terminal.
    List<String> lines = new ArrayList<>();
    Outcome outcome = upscaleAll(jobs, true, lines::add);
    lines.forEach(this::tell);
    return outcome;
  }

  private Outcome upscaleAll(List<PictureJob> jobs, boolean hasBar, Consumer<String> lines) {
    WriteOptions options = WriteOptions.DEFAULT.withMetadata(!strip);
    if (quality != null) {
      options = options.withQuality(quality);
    }
    try (ProgressLine bar = hasBar ? new ProgressLine(jobs.size()) : null;
        Upscaler upscaler = open(bar)) {
      if (maskOut != null && upscaler.variant() != Variant.MASK) {
        throw new IllegalArgumentException(
            "--mask-out: variant %s predicts no mask; use --variant mask"
                .formatted(upscaler.variant()));
      }
      createDirectories(jobs);
      UpscaleReport report = new UpscaleReport(upscaler, device.device(), explain);
      if (device.isJava()) {
        warn("plain Java is slow: minutes for a photo; an OpenCL device is much faster");
      }
      UpscaleStages stages = new UpscaleStages(upscaler, size, options, maskOut, bar, this::note);
      new PicturePipeline(stages, run -> tell(report, run, lines)).run(jobs);
      report.end().forEach(lines);
      return new Outcome(report.exitCode(), report.json());
    }
  }

  private static void requireOnePicture(List<Path> all) {
    if (all.size() > 1 || Files.isDirectory(all.get(0))) {
      throw new IllegalArgumentException(
          "-: standard input and output take one picture; name files or a directory for several");
    }
  }

  private void requireFormat() {
    if (format != null && !ImageFormat.isWritable(format)) {
      throw new IllegalArgumentException(
          "-f %s: cannot write this format; use png, jpg, tif or webp".formatted(format));
    }
  }

  private void requireMaskTarget(List<PictureJob> jobs) {
    if (maskOut == null) {
      return;
    }
    if (jobs.size() > 1) {
      throw new IllegalArgumentException("--mask-out: takes one picture, not " + jobs.size());
    }
    if (size.isGiven()) {
      throw new IllegalArgumentException(
          "--mask-out: is drawn over the result as the network makes it; leave out --width and"
              + " --height");
    }
    requireTarget("--mask-out", maskOut);
    Path mask = RealPath.of(maskOut);
    PictureJob job = jobs.get(0);
    if (mask.equals(RealPath.of(job.input())) || mask.equals(RealPath.of(job.output()))) {
      throw new IllegalArgumentException(
          "--mask-out %s: would overwrite the picture; choose another place".formatted(maskOut));
    }
    ImageWriter.checkTarget(maskOut);
  }

  private void requireQualityTarget(List<PictureJob> jobs) {
    boolean isTaken =
        jobs.stream().map(PictureJob::output).anyMatch(ImageFormat::hasQuality)
            || (maskOut != null && ImageFormat.hasQuality(maskOut));
    if (quality != null && !isTaken) {
      throw new IllegalArgumentException(
          "--quality %d: only .jpg and .webp have one; leave it out, or write one of them"
              .formatted(quality));
    }
  }

  private Upscaler open(ProgressLine bar) {
    UpscalerBuilder builder = Upscaler.builder();
    model.applyTo(builder);
    builder.selfEnsemble(ensemble.selfEnsemble);
    if (scale != null) {
      builder.scale(scale);
    }
    if (bar != null) {
      builder.progress(bar);
    }
    return builder.memory(memory).device(device.device()).binding(device.binding.name).build();
  }

  private void createDirectories(List<PictureJob> jobs) {
    boolean isFile = jobs.size() == 1 && jobs.get(0).output().equals(Path.of(output));
    if (!isFile) {
      try {
        Files.createDirectories(Path.of(output));
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "-o %s: the directory cannot be created; choose another place".formatted(output), e);
      }
    }
    jobs.forEach(job -> ImageWriter.checkTarget(job.output()));
  }

  private void tell(UpscaleReport report, PictureRun run, Consumer<String> lines) {
    if (run.failure() == null) {
      report.add(run).forEach(lines);
    } else {
      note(report.addFailed(run));
      trace(run.failure());
    }
  }

  private void tell(String line) {
    say("%s", line);
  }

  private void note(String line) {
    warn("%s", line);
  }
}
