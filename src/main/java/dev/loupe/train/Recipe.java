package dev.loupe.train;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.network.Networks;
import dev.loupe.tensor.Norm;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import dev.loupe.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What to train and how, read from a small JSON file such as {@code
 * weights/recipes/fsrcnn-x4.json}.
 *
 * @param text the file's text, which a checkpoint remembers
 * @param model network, scale, patch size and block counts
 * @param start a model of the same network to start from, of this scale or another: a bundled one's
 *     name or a file; empty for drawn weights, FSRCNN's as a bilinear upsampler
 * @param crops batch, side and scale
 * @param choice which crops are drawn
 * @param seed of crops and first weights
 * @param decay of the running average of the weights, 0 for none
 * @param phases one after another
 */
public record Recipe(
    String text,
    ModelMetadata model,
    Optional<String> start,
    CropShape crops,
    CropChoice choice,
    long seed,
    double decay,
    List<Phase> phases) {
  /** The released code's weights of the refined picture's loss (docs/networks.md section 8). */
  private static final Map<Variant, Double> REFINED =
      Map.of(Variant.BASE, 0.0, Variant.FULL, 1.0, Variant.ALL, 10.0, Variant.MASK, 0.0);

  /**
   * Copies the phases.
   *
   * @throws IllegalArgumentException if the decay is out of range
   */
  public Recipe {
    phases = List.copyOf(phases);
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "decay is %s, but a running average needs at least 0 and less than 1".formatted(decay));
    }
  }

  /**
   * Reads a recipe; a file that it starts from lies beside it or where its relative path leads from
   * there. Errors name the file, the key and what it may be.
   */
  public static Recipe read(Path file) {
    try {
      return parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read; name a recipe file", e);
    }
  }

  /**
   * Reads a recipe's text.
   *
   * @param source what messages call it: the file, beside which a model to start from is looked for
   * @throws IllegalArgumentException naming the key that is missing, unknown or out of range
   */
  public static Recipe parse(String text, String source) {
    return named(source, () -> recipe(text, source));
  }

  private static Recipe recipe(String text, String source) {
    Entries recipe = Entries.of(json(text, source));
    int scale = recipe.whole("scale", null);
    int p = recipe.whole("p", ModelMetadata.DEFAULT_P);
    ModelMetadata model =
        new ModelMetadata(
            recipe.text("network", null),
            scale,
            List.of(),
            p,
            ModelMetadata.DEFAULT_K,
            1,
            config(recipe.object("config")),
            Map.of());
    requireRefineNet(model);
    CropShape crops = new CropShape(recipe.whole("batch", 16), recipe.whole("crop", 48), scale);
    CropChoice choice =
        new CropChoice(recipe.whole("candidates", 1), recipe.numbers("sizes", List.of(1.0)));
    Optional<String> start =
        Optional.of(recipe.text("start", ""))
            .filter(from -> !from.isEmpty())
            .map(from -> from.endsWith(".safetensors") ? beside(source, from) : from);
    long seed = recipe.whole("seed", 1);
    double decay = recipe.number("decay", 0.999);
    List<?> listed = recipe.list("phases", null);
    recipe.requireAllTaken();
    List<Phase> phases = new ArrayList<>();
    for (Object phase : listed) {
      String place = "%s: phase %d".formatted(source, phases.size() + 1);
      phases.add(named(place, () -> phase(Entries.of(phase))));
    }
    requireWholePatches(crops, p, phases);
    return new Recipe(text, model, start, crops, choice, seed, decay, phases);
  }

  private static void requireRefineNet(ModelMetadata model) {
    if (!Networks.of(model).hasRefineNet()) {
      throw new IllegalArgumentException(
          "'network' is %s, which has no Refine-Net to train; take one of %s"
              .formatted(model.network(), String.join(", ", Networks.published())));
    }
  }

  private static void requireWholePatches(CropShape crops, int p, List<Phase> phases) {
    if (crops.side() % p != 0 && phases.stream().anyMatch(phase -> phase.variant().hasPatches())) {
      throw new IllegalArgumentException(
          "'crop' is %d, but variants all and mask need a multiple of 'p', which is %d"
              .formatted(crops.side(), p));
    }
  }

  private static Map<String, Object> json(String text, String source) {
    try (JsonParser parser = JSON.std.createParser(text)) {
      Map<String, Object> object = JSON.std.mapFrom(parser);
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException(
            "%s: has more after the recipe's closing brace (line %d); delete it"
                .formatted(source, parser.currentTokenLocation().getLineNr()));
      }
      return object;
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String place = at == null ? "" : " (line %d)".formatted(at.getLineNr());
      throw new IllegalArgumentException(
          "%s: is no JSON: %s%s".formatted(source, e.getOriginalMessage(), place), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(source + ": is no JSON: " + e.getMessage(), e);
    }
  }

  /** What {@code part} reads; its errors say where. */
  private static <T> T named(String place, Supplier<T> part) {
    try {
      return part.get();
    } catch (IllegalArgumentException | WeightsException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(place) ? e : new IllegalArgumentException(place + ": " + message, e);
    }
  }

  private static String beside(String source, String start) {
    return Path.of(source).resolveSibling(start).toString();
  }

  private static Map<String, Map<String, Integer>> config(Entries parts) {
    Map<String, Map<String, Integer>> config = new HashMap<>();
    for (String part : parts.keys()) {
      Entries entries = parts.object(part);
      Map<String, Integer> numbers = new HashMap<>();
      entries.keys().forEach(key -> numbers.put(key, entries.whole(key, null)));
      config.put(part, numbers);
    }
    return config;
  }

  private static Phase phase(Entries phase) {
    Variant variant = Variant.of(phase.text("variant", null));
    LearningRate rate =
        new LearningRate(
            phase.number("rate", null),
            phase.whole("warmup", 0),
            phase.whole("periods", 1),
            phase.number("floor", LearningRate.FLOOR));
    List<String> parts = phase.list("parts", null).stream().map(String::valueOf).toList();
    PhaseLoss loss =
        new PhaseLoss(
            Norm.of(phase.text("loss", Norm.L1.toString())),
            (float) phase.number("coarse", variant == Variant.MASK ? 0.0 : 1.0),
            (float) phase.number("refined", REFINED.get(variant)),
            (float) phase.number("mask", variant == Variant.MASK ? 10.0 : 0.0));
    int iterations = phase.whole("iterations", null);
    PartCopies copies = copies(phase.object("copy"));
    Colouring colouring = new Colouring(phase.number("recolour", 0.0), phase.number("fade", 0.0));
    phase.requireAllTaken();
    return new Phase(variant, parts, iterations, rate, loss, copies, colouring);
  }

  private static PartCopies copies(Entries parts) {
    Map<String, String> sources = new HashMap<>();
    parts.keys().forEach(part -> sources.put(part, parts.text(part, null)));
    return new PartCopies(sources);
  }

  /** The mask's prediction, of the channels that the model's config says. */
  public MaskPrediction prediction() {
    return new MaskPrediction(model.maskChannels());
  }

  /** The phase of an iteration, counted from 0 through all phases; the last one's after it. */
  Phase phaseAt(long iteration) {
    long left = iteration;
    for (Phase phase : phases) {
      if (left < phase.iterations()) {
        return phase;
      }
      left -= phase.iterations();
    }
    return phases.get(phases.size() - 1);
  }

  /** Iterations of all phases. */
  public long iterations() {
    return phases.stream().mapToLong(Phase::iterations).sum();
  }
}
