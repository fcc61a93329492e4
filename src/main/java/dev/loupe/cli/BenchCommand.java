package dev.loupe.cli;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.PatchCount;
import dev.loupe.image.Image;
import dev.loupe.image.ImageReader;
import dev.loupe.op.Precision;
import dev.loupe.timing.FrameTiming;
import dev.loupe.timing.FullShare;
import dev.loupe.timing.LadderBench;
import dev.loupe.timing.RooflineBench;
import dev.loupe.timing.SyntheticPhoto;
import dev.loupe.weights.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command that times whole frames on the user's device. */
@Command(
    name = "bench",
    header = "Time whole frames, from memory to memory.",
    description = {
      "Every output is held against plain Java before it is timed, and the variants take turns.",
      "Stages are those of the fastest run; 'of full' compares fastest runs, and 'of D' does so with",
      "full and Base-Net's upsampler, which the paper's D-Net runs though nobody sees its picture.",
      "GFLOP/s count 2 for each multiply-add of the network's mathematics."
    })
final class BenchCommand extends LoupeCommand {
  private static final int WARM_UPS = 2;

  @Mixin private ModelOptions model;

  @Mixin private DeviceOptions device;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "Size of the input; may be repeated. Default: 480x270 and 960x540.")
  private List<FrameSize> sizes = new ArrayList<>();

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "Time this picture instead of a synthetic one of --size.")
  private Path image;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "10",
      description = "Timed runs, after 2 to warm up. Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Option(
      names = "--ladder",
      description =
          "Time five graphs with random weights instead, tensor to tensor in device memory: c64, c48,"
              + " c40 (nine 3x3 convolutions of so many channels), fsrcnn_base, srresnet_like (16"
              + " blocks).")
  private boolean ladder;

  @Option(
      names = "--roofline",
      description =
          "Time the five networks with random weights instead, and compare with the most"
              + " multiply-adds and the most memory traffic that this device reaches when it does"
              + " nothing else.")
  private boolean roofline;

  @Override
  Outcome run() {
    if (runs < 1) {
      throw new IllegalArgumentException("--runs %d: must be at least 1".formatted(runs));
    }
    if (ladder && roofline) {
      throw new IllegalArgumentException("--ladder and --roofline: take one of them");
    }
    if (image != null && !sizes.isEmpty()) {
      throw new IllegalArgumentException("--image has a size of its own; leave out --size");
    }
    if (ladder || roofline) {
      requireOwnGraphs();
    }
    return ladder ? ladder() : roofline ? roofline() : frames();
  }

  private void requireOwnGraphs() {
    if (image != null
        || model.model != null
        || model.k != null
        || device.isJava()
        || (ladder && (model.variant != null || model.precision != Precision.FP32))) {
      throw new IllegalArgumentException(
          "%s has graphs of its own on an OpenCL device; leave out --image, -m, -k, -d java%s"
              .formatted(
                  ladder ? "--ladder" : "--roofline", ladder ? ", --precision and --variant" : ""));
    }
    if (sizes.size() > 1) {
      throw new IllegalArgumentException(
          "--size: --ladder and --roofline take one, not " + sizes.size());
    }
  }

  private FrameSize ownSize() {
    return sizes.isEmpty() ? new FrameSize(480, 270) : sizes.get(0);
  }

  private Outcome ladder() {
    LadderBench bench = new LadderBench(device.device(), device.binding.name);
    return new LadderReport(bench, this).run(ownSize(), runs);
  }

  private Outcome roofline() {
    List<Variant> variants =
        model.variant == null ? List.of(Variant.BASE, Variant.FULL) : List.of(model.variant);
    if (variants.stream().anyMatch(v -> v != Variant.BASE && v != Variant.FULL)) {
      throw new IllegalArgumentException(
          "--variant %s: --roofline has base and full".formatted(model.variant));
    }
    RooflineBench bench = new RooflineBench(device.device(), device.binding.name, model.precision);
    return new RooflineReport(bench, variants, this).run(ownSize(), runs);
  }

  private Outcome frames() {
    Model loaded = Model.load(model.model());
    PatchCount k = model.patches(loaded);
    List<Map<String, Object>> rows = new ArrayList<>();
    Map<String, Object> json = new LinkedHashMap<>();
    for (Image picture : pictures()) {
      List<FrameTiming> timings = new ArrayList<>();
      try {
        for (Variant variant : variants(loaded)) {
          timings.add(
              new FrameTiming(device.open(), loaded, spec(picture, variant, k), picture, runs));
        }
        takeTurns(timings);
        if (rows.isEmpty()) {
          Engine engine = timings.get(0).engine();
          say(
              "model %s on %s, binding %s, %s%s",
              loaded.name(),
              engine.deviceName(),
              engine.bindingName(),
              model.precision,
              timings.get(0).isPageLocked() ? ", page-locked host memory" : "");
          say("input      variant      K   min ms  of full   of D  median ms  GFLOP/s  peak MB");
          json.put("device", engine.deviceName());
          json.put("binding", engine.bindingName());
          json.put("precision", model.precision.toString());
        }
        FullShare share = FullShare.among(timings);
        timings.forEach(timing -> say(timing, share));
        timings.forEach(timing -> rows.add(share.addTo(timing.json(), timing)));
      } finally {
        timings.forEach(FrameTiming::close);
      }
    }
    json.put("rows", rows);
    return new Outcome(Main.DONE, json);
  }

  private FrameSpec spec(Image picture, Variant variant, PatchCount k) {
    return FrameSpec.pixels(picture.width(), picture.height(), picture.channels(), 8, variant, k)
        .withPrecision(model.precision);
  }

  /** Variants take turns, so that a machine that slows down slows all of them. */
  private void takeTurns(List<FrameTiming> timings) {
    timings.forEach(FrameTiming::verify);
    for (int i = 0; i < WARM_UPS; i++) {
      timings.forEach(FrameTiming::warmUp);
    }
    for (int i = 0; i < runs; i++) {
      timings.forEach(FrameTiming::time);
    }
  }

  private List<Image> pictures() {
    if (image != null) {
      return List.of(ImageReader.read(image).colour().withBitDepth(8));
    }
    List<FrameSize> wanted =
        sizes.isEmpty() ? List.of(new FrameSize(480, 270), new FrameSize(960, 540)) : sizes;
    return wanted.stream().map(s -> SyntheticPhoto.of(s.width(), s.height())).toList();
  }

  private List<Variant> variants(Model loaded) {
    loaded.variant(model.variant, model.k); // refuses a K that nothing would choose by
    if (model.variant != null) {
      return List.of(model.variant);
    }
    return loaded.variants().stream().filter(v -> v != Variant.ALL).toList();
  }

  private void say(FrameTiming row, FullShare share) {
    say(
        "%-10s %-7s %6d %8.1f %8s %6s %10.1f %8.1f %8.1f",
        row.input(),
        row.variant(),
        row.patches(),
        row.minMs(),
        column(share.ofFull(row)),
        column(share.ofPapers(row)),
        row.medianMs(),
        row.gflops(),
        row.peakMb());
    say(
        "    %s; verified: %s",
        row.stages().entrySet().stream()
            .map(stage -> stage.getKey() + " " + stage.getValue())
            .collect(Collectors.joining(", ")),
        row.verified());
  }

  private static String column(OptionalDouble share) {
    return share.isPresent() ? "%.2f".formatted(share.getAsDouble()) : "-";
  }
}
