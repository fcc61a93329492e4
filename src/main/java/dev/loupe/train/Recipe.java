package dev.loupe.train;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.jr.ob.JSON;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.weights.Variant;
import dev.loupe.network.Networks;
import dev.loupe.tensor.Norm;
import dev.loupe.weights.ModelMetadata;
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
  private static final List<String> KEYS =
      List.of(
          "network",
          "scale",
          "p",
          "config",
          "start",
          "crop",
          "batch",
          "candidates",
          "sizes",
          "seed",
          "decay",
          "phases");

  /** The released code's weights of the refined picture's loss (docs/networks.md section 8). */
  private static final Map<Variant, Double> REFINED =
      Map.of(Variant.BASE, 0.0, Variant.FULL, 1.0, Variant.ALL, 10.0, Variant.MASK, 0.0);

  private static final List<String> PHASE_KEYS =
      List.of(
          "variant",
          "parts",
          "iterations",
          "rate",
          "warmup",
          "periods",
          "floor",
          "coarse",
          "refined",
          "mask",
          "loss",
          "copy",
          "recolour",
          "fade");

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
    Fields fields = new Fields(json(text, source), source, KEYS);
    int scale = fields.whole("scale", null);
    int p = fields.whole("p", ModelMetadata.DEFAULT_P);
    ModelMetadata model =
        new ModelMetadata(
            fields.text("network", null),
            scale,
            List.of(),
            p,
            ModelMetadata.DEFAULT_K,
            1,
            fields.config(),
            Map.of());
    requireRefineNet(model);
    CropShape crops = new CropShape(fields.whole("batch", 16), fields.whole("crop", 48), scale);
    List<Phase> phases = new ArrayList<>();
    for (Object phase : fields.list("phases")) {
      String place = "%s: phase %d".formatted(source, phases.size() + 1);
      phases.add(
          named(place, () -> phase(new Fields(Fields.map(phase, place), place, PHASE_KEYS))));
    }
    requireWholePatches(crops, p, phases);
    return new Recipe(
        text,
        model,
        Optional.of(fields.text("start", ""))
            .filter(start -> !start.isEmpty())
            .map(start -> start.endsWith(".safetensors") ? beside(source, start) : start),
        crops,
        new CropChoice(fields.whole("candidates", 1), fields.numbers("sizes", List.of(1.0))),
        fields.whole("seed", 1),
        fields.number("decay", 0.999),
        phases);
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

  private static Phase phase(Fields fields) {
    Variant variant = Variant.of(fields.text("variant", null));
    LearningRate rate =
        new LearningRate(
            fields.number("rate", null),
            fields.whole("warmup", 0),
            fields.whole("periods", 1),
            fields.number("floor", LearningRate.FLOOR));
    List<String> parts = new ArrayList<>();
    fields.list("parts").forEach(part -> parts.add(String.valueOf(part)));
    PhaseLoss loss =
        new PhaseLoss(
            Norm.of(fields.text("loss", Norm.L1.toString())),
            (float) fields.number("coarse", variant == Variant.MASK ? 0.0 : 1.0),
            (float) fields.number("refined", REFINED.get(variant)),
            (float) fields.number("mask", variant == Variant.MASK ? 10.0 : 0.0));
    int iterations = fields.whole("iterations", null);
    Colouring colouring = new Colouring(fields.number("recolour", 0.0), fields.number("fade", 0.0));
    return new Phase(variant, parts, iterations, rate, loss, fields.copies(), colouring);
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

  /** The entries of a JSON object, checked as they are asked for. */
  private record Fields(Map<String, Object> values, String source) {
    Fields(Map<String, Object> values, String source, List<String> known) {
      this(values, source);
      for (String key : values.keySet()) {
        if (!known.contains(key)) {
          throw new IllegalArgumentException(
              "%s: '%s' is not known; known are %s".formatted(source, key, known));
        }
      }
    }

    static Map<String, Object> map(Object value, String source) {
      if (!(value instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException(source + ": '" + value + "' must be an object");
      }
      Map<String, Object> copy = new HashMap<>();
      map.forEach((key, entry) -> copy.put(String.valueOf(key), entry));
      return copy;
    }

    private Object value(String key, Object otherwise) {
      Object value = values.getOrDefault(key, otherwise);
      if (value == null) {
        throw new IllegalArgumentException("%s: '%s' is missing".formatted(source, key));
      }
      return value;
    }

    double number(String key, Double otherwise) {
      if (value(key, otherwise) instanceof Number number) {
        return number.doubleValue();
      }
      throw new IllegalArgumentException(
          "%s: '%s' is '%s', expected a number".formatted(source, key, values.get(key)));
    }

    List<Double> numbers(String key, List<Double> otherwise) {
      if (!values.containsKey(key)) {
        return otherwise;
      }
      List<Double> numbers = new ArrayList<>();
      for (Object entry : list(key)) {
        if (!(entry instanceof Number number)) {
          throw new IllegalArgumentException(
              "%s: '%s' has '%s', expected numbers".formatted(source, key, entry));
        }
        numbers.add(number.doubleValue());
      }
      return numbers;
    }

    int whole(String key, Integer otherwise) {
      double number = number(key, otherwise == null ? null : (double) otherwise);
      if (number != (int) number) {
        throw new IllegalArgumentException(
            "%s: '%s' is %s, expected a whole number of at most %d"
                .formatted(source, key, values.get(key), Integer.MAX_VALUE));
      }
      return (int) number;
    }

    String text(String key, String otherwise) {
      return String.valueOf(value(key, otherwise));
    }

    List<?> list(String key) {
      if (value(key, null) instanceof List<?> list && !list.isEmpty()) {
        return list;
      }
      throw new IllegalArgumentException(
          "%s: '%s' must be a list with something in it".formatted(source, key));
    }

    PartCopies copies() {
      Map<String, String> sources = new HashMap<>();
      map(value("copy", Map.of()), source)
          .forEach((part, from) -> sources.put(part, String.valueOf(from)));
      return new PartCopies(sources);
    }

    Map<String, Map<String, Integer>> config() {
      Map<String, Map<String, Integer>> config = new HashMap<>();
      map(value("config", Map.of()), source)
          .forEach(
              (part, entry) -> {
                Fields inner = new Fields(map(entry, source), source);
                Map<String, Integer> numbers = new HashMap<>();
                inner.values().keySet().forEach(key -> numbers.put(key, inner.whole(key, null)));
                config.put(part, numbers);
              });
      return config;
    }
  }
}
