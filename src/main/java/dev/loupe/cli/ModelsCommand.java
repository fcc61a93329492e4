package dev.loupe.cli;

import dev.loupe.Model;
import dev.loupe.UpscalerBuilder;
import dev.loupe.network.Networks;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that lists the bundled models, and those that are left to train. */
@Command(name = "models", header = "List the bundled models, and those to be trained.")
final class ModelsCommand extends LoupeCommand {
  private static final String ROW = "%s %-10s %5s  %-7s  %-19s  %5s  %6s";

  /** A network's "30.406 / 0.8615", to which bicubic's is compared. */
  private static final Pattern PSNR = Pattern.compile("(?<!bicubic )\\b(\\d+\\.\\d+) / \\d");

  @Option(
      names = {"-v", "--explain"},
      description = "Say how each model was trained, and what it scores.")
  private boolean explain;

  @Override
  Outcome run() {
    List<Map<String, Object>> models = new ArrayList<>();
    say(ROW, " ", "name", "scale", "network", "variants", "Set5", "BSD100");
    for (String name : ModelFiles.bundled()) {
      Model model = Model.load(name);
      sayRow(name, model.metadata());
      Map<String, String> notes = new TreeMap<>(model.metadata().notes());
      if (explain) {
        sayNotes(model, notes);
      }
      models.add(json(name, model, notes));
    }
    say("* the default; Set5, BSD100: PSNR of the best variant, in dB; -v says more");
    List<String> missing = notBundled();
    if (!missing.isEmpty()) {
      say("without weights yet, to be trained (docs/training.md): %s", String.join(", ", missing));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("models", models);
    json.put("not_bundled", missing);
    return new Outcome(Main.DONE, json);
  }

  private void sayRow(String name, ModelMetadata metadata) {
    String validation = metadata.notes().getOrDefault("validation", "");
    say(
        ROW,
        name.equals(UpscalerBuilder.DEFAULT_MODEL) ? "*" : " ",
        name,
        "x" + metadata.scale(),
        metadata.network(),
        metadata.variants().stream().map(Variant::toString).collect(Collectors.joining(" ")),
        bestPsnr(validation, "Set5"),
        bestPsnr(validation, "BSD100"));
  }

  private void sayNotes(Model model, Map<String, String> notes) {
    int p = model.metadata().p();
    boolean hasMask = model.metadata().variants().contains(Variant.MASK);
    say(
        "    %d parameters%s",
        model.parameters(),
        hasMask ? ", patches of %dx%d, K = %s".formatted(p, p, model.patches()) : "");
    notes.forEach((key, text) -> say("    %s: %s", key, text));
  }

  /**
   * The largest PSNR that a model's note states for a set of pictures, or "-".
   *
   * @param validation such as "PSNR / SSIM on Y: Set5 bicubic 28.430 / 0.8111, base 30.406 /
   *     0.8615; BSD100 ..."
   */
  static String bestPsnr(String validation, String set) {
    return Arrays.stream(validation.split(";"))
        .filter(part -> part.contains(set + " "))
        .flatMap(part -> PSNR.matcher(part).results())
        .map(result -> Double.valueOf(result.group(1)))
        .max(Double::compare)
        .map("%.2f"::formatted)
        .orElse("-");
  }

  /** What the paper has at each scale and no bundled model is. */
  private static List<String> notBundled() {
    List<String> names = new ArrayList<>();
    for (String network : Networks.published()) {
      for (int scale = 2; scale <= 4; scale++) {
        names.add("%s-x%d".formatted(network, scale));
      }
    }
    names.removeAll(ModelFiles.bundled());
    return names;
  }

  private static Map<String, Object> json(String name, Model model, Map<String, String> notes) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("network", model.metadata().network());
    json.put("scale", model.metadata().scale());
    json.put("variants", model.variants());
    json.put("parameters", model.parameters());
    json.put("p", model.metadata().p());
    json.put("k", model.metadata().k());
    json.put("notes", notes);
    return json;
  }
}
