package dev.loupe.cli;

import dev.loupe.Model;
import dev.loupe.network.Networks;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.ModelMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/** The command that lists the bundled models, and those that are left to train. */
@Command(name = "models", description = "List the bundled models, and those to be trained.")
final class ModelsCommand extends LoupeCommand {
  @Override
  Outcome run() {
    List<Map<String, Object>> models = new ArrayList<>();
    for (String name : ModelFiles.bundled()) {
      Model model = Model.load(name);
      ModelMetadata metadata = model.metadata();
      say(
          "%s: %s x%d, %d parameters, patches of %dx%d, K = %d, variants %s",
          name,
          metadata.network(),
          metadata.scale(),
          model.parameters(),
          metadata.p(),
          metadata.p(),
          metadata.k(),
          String.join(", ", metadata.variants()));
      Map<String, String> notes = new TreeMap<>(metadata.notes());
      notes.forEach((key, text) -> say("    %s: %s", key, text));
      models.add(json(name, model, notes));
    }
    List<String> missing = notBundled();
    if (!missing.isEmpty()) {
      say("not bundled, for want of weights worth using: %s", String.join(", ", missing));
      say(
          "    train one: loupe train --recipe FILE --data DIR -o OUT, with a file such as those in");
      say("    weights/recipes; docs/training.md explains them");
    }
    return new Outcome(Main.DONE, Map.of("models", models, "not_bundled", missing));
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
    json.put("variants", model.metadata().variants());
    json.put("parameters", model.parameters());
    json.put("patch", model.metadata().p());
    json.put("k", model.metadata().k());
    json.put("notes", notes);
    return json;
  }
}
