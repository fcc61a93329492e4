package dev.loupe.cli;

import dev.loupe.Model;
import dev.loupe.ModelImport;
import dev.loupe.weights.Dtype;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that turns a PyTorch checkpoint into a model file. */
@Command(
    name = "import",
    header = "Turn a PyTorch checkpoint into a model file.",
    description = {
      "It works without Python and executes nothing of the checkpoint. The new file is run once, and",
      "carries a self-check."
    })
final class ImportCommand extends LoupeCommand {
  @Parameters(paramLabel = "FILE", description = "A .pth or .pt file, zip or legacy format.")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT.safetensors",
      required = true,
      description = "The model file to write.")
  private Path output;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      required = true,
      description =
          "What the checkpoint is of: pan-original, rfdn-original, fsrcnn, pan, rfdn, srresnet,"
              + " rcan.")
  private String network;

  @Option(
      names = {"-s", "--scale"},
      paramLabel = "2|3|4",
      required = true,
      description = "The factor it was trained for.")
  private int scale;

  @Option(names = "--half", description = "Write fp16 weights: half the size.")
  private boolean half;

  @Override
  Outcome run() {
    requireOutput();
    Model model = ModelImport.read(file, network, scale);
    model.write(output, half ? Dtype.F16 : Dtype.F32);
    long bytes = bytesOf(output);
    say(
        "%s: %s x%d, %d parameters, values 0 to %d, variants %s, %.1f MB, self-check passed",
        output,
        network,
        scale,
        model.parameters(),
        model.metadata().valueRange(),
        model.variants(),
        bytes / 1e6);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("output", output.toString());
    json.put("network", network);
    json.put("scale", scale);
    json.put("variants", model.variants());
    json.put("value_range", model.metadata().valueRange());
    json.put("parameters", model.parameters());
    json.put("bytes", bytes);
    return new Outcome(Main.DONE, json);
  }

  private void requireOutput() {
    requireTarget("-o", output);
    if (!output.toString().endsWith(".safetensors")) {
      throw new IllegalArgumentException("-o %s: must end in .safetensors".formatted(output));
    }
    requireNoOverwrite("-o", output, List.of(file));
  }
}
