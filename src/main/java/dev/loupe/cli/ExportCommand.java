package dev.loupe.cli;

import dev.loupe.Model;
import dev.loupe.UpscalerBuilder;
import dev.loupe.guided.FrameGraph;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.PatchCount;
import dev.loupe.onnx.OnnxExport;
import dev.loupe.onnx.OnnxModel;
import dev.loupe.weights.Variant;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that writes a network as an ONNX model. */
@Command(
    name = "export",
    header = "Write a network as an ONNX model (opset 13) for other engines.",
    description = {
      "Its input is 'input', floats (1, 3, H, W) of 0 to the model's value range; its output is",
      "'output', (1, 3, H * scale, W * scale), not clamped."
    })
final class ExportCommand extends LoupeCommand {
  /** Prime, so that only what follows the frame's size is a multiple of it. */
  private static final FrameSize EXAMPLE = new FrameSize(101, 97);

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = "A name of 'loupe models' or a .safetensors file. Default: ${DEFAULT-VALUE}.",
      defaultValue = UpscalerBuilder.DEFAULT_MODEL)
  private String model;

  @Option(
      names = "--variant",
      paramLabel = "base|full",
      description =
          "Base network only, or refine network on the whole picture, which those that were trained"
              + " for patches may do less well, as the bundled fsrcnn do. Default: base.")
  private Variant variant;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The file to write, such as fsrcnn.onnx.")
  private Path output;

  @Option(
      names = "--size",
      paramLabel = "WxH",
      description = "The only size of input the model takes. Default: any.")
  private FrameSize size;

  @Override
  Outcome run() {
    requireTarget("-o", output);
    if (!output.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      throw new IllegalArgumentException("-o %s: must end in .onnx".formatted(output));
    }
    requireNoOverwrite("-o", output, List.of(Path.of(model)));
    Model loaded = Model.load(model);
    Variant wanted = variant(loaded);
    int least = loaded.network().minimumSize();
    FrameSize frame = size == null ? EXAMPLE : size;
    FrameGraph built =
        loaded
            .scheme(1)
            .build(FrameSpec.floats(frame.width(), frame.height(), wanted, PatchCount.of(0)));
    OnnxModel onnx = OnnxExport.translate(built.graph(), built.output(), size == null);
    Map<String, String> facts = new TreeMap<>();
    facts.put("network", loaded.network().name());
    facts.put("scale", Integer.toString(loaded.network().scale()));
    facts.put("variant", wanted.toString());
    facts.put("value_range", Integer.toString(loaded.metadata().valueRange()));
    facts.put("minimum_size", Integer.toString(least));
    onnx.describe(facts);
    onnx.write(output);
    long bytes = bytesOf(output);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", output.toString());
    json.put("bytes", bytes);
    json.putAll(facts);
    json.put("scale", loaded.network().scale());
    json.put("value_range", loaded.metadata().valueRange());
    json.put("minimum_size", least);
    json.put("size", size == null ? "any" : size.toString());
    String taken =
        size != null
            ? size.toString()
            : least > 1 ? "%dx%d and more".formatted(least, least) : "any";
    say(
        "%s: %s x%d, variant %s, input size %s, white is %d, %.1f MB",
        output,
        loaded.network().name(),
        loaded.network().scale(),
        wanted,
        taken,
        loaded.metadata().valueRange(),
        bytes / 1e6);
    return new Outcome(Main.DONE, json);
  }

  private Variant variant(Model loaded) {
    if (variant == null) {
      return Variant.BASE;
    }
    if (variant != Variant.BASE && variant != Variant.FULL) {
      throw new IllegalArgumentException(
          "variant '%s' cannot be exported, as ONNX has no patch selection; use base or full"
              .formatted(variant));
    }
    loaded.requireVariant(variant);
    return variant;
  }
}
