package dev.loupe.weights;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The description of a model that its file carries in {@code __metadata__}.
 *
 * @param network the network's name in lower case, such as {@code fsrcnn}
 * @param scale upscaling factor, at least 1
 * @param variants what the tensors suffice for; empty where not stated
 * @param p patch size in low-resolution pixels
 * @param k default number of refined patches
 * @param valueRange the value of white in the network's input and output, 1 or 255
 * @param config block counts that differ from the network's own, by part: {@code
 *     config.get("base").get("nb")}; parts are base, refine and mask (channels of its head, 2 or 1)
 * @param notes every other entry, word for word, such as training, validation or mask_gap
 */
public record ModelMetadata(
    String network,
    int scale,
    List<Variant> variants,
    int p,
    int k,
    int valueRange,
    Map<String, Map<String, Integer>> config,
    Map<String, String> notes) {
  /**
   * The version of the metadata that Loupe writes; older ones are read. 0: no format_version entry
   * (golden cases). 1: as here.
   */
  public static final int FORMAT_VERSION = 1;

  /** Patch size where the file states none (the paper's). */
  public static final int DEFAULT_P = 4;

  /** Patches are at most this wide. */
  public static final int LARGEST_P = 64;

  /** Refined patches where the file states none (the paper's). */
  public static final int DEFAULT_K = 1000;

  /** Copies the collections and checks the values. */
  public ModelMetadata {
    variants = List.copyOf(variants);
    config =
        config.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(Map.Entry::getKey, e -> Map.copyOf(e.getValue())));
    notes = Map.copyOf(notes);
    if (network.isBlank() || scale < 1 || p < 1 || p > LARGEST_P || k < 0) {
      throw new WeightsException(
          "network '%s', scale %d, p %d, k %d: expected a name, scale at least 1, p 1 to %d, k at least 0"
              .formatted(network, scale, p, k, LARGEST_P));
    }
    if (valueRange != 1 && valueRange != 255) {
      throw new WeightsException("value_range %d: expected 1 or 255".formatted(valueRange));
    }
  }

  /** A description with the paper's p and K, values from 0 to 1 and the network's own config. */
  public static ModelMetadata of(String network, int scale) {
    return new ModelMetadata(
        network, scale, List.of(), DEFAULT_P, DEFAULT_K, 1, Map.of(), Map.of());
  }

  /** The same description stating other variants. */
  public ModelMetadata withVariants(List<Variant> stated) {
    return new ModelMetadata(network, scale, stated, p, k, valueRange, config, notes);
  }

  /** The same description with white at another value, 1 or 255. */
  public ModelMetadata withValueRange(int white) {
    return new ModelMetadata(network, scale, variants, p, k, white, config, notes);
  }

  /** The same description with another config. */
  public ModelMetadata withConfig(Map<String, Map<String, Integer>> other) {
    return new ModelMetadata(network, scale, variants, p, k, valueRange, other, notes);
  }

  /** The same description with one more note, such as ("training", how). */
  public ModelMetadata withNote(String key, String text) {
    Map<String, String> more = new TreeMap<>(notes);
    more.put(key, text);
    return new ModelMetadata(network, scale, variants, p, k, valueRange, config, more);
  }

  /**
   * A number of the config, or {@code otherwise} where the file leaves it to the network.
   *
   * @param part {@code base}, {@code refine} or {@code mask}
   * @param key such as {@code nb} (blocks) or {@code ng} (groups)
   */
  public int config(String part, String key, int otherwise) {
    return config.getOrDefault(part, Map.of()).getOrDefault(key, otherwise);
  }

  /** Channels of the mask prediction's head: 2, the paper's, unless the config says 1. */
  public int maskChannels() {
    return config("mask", "channels", 2);
  }

  /**
   * Reads {@code __metadata__} strings.
   *
   * @param source the file, for messages
   * @throws WeightsException if an entry is missing or no number, or the format is newer than ours
   */
  public static ModelMetadata parse(Map<String, String> strings, String source) {
    Map<String, String> rest = new TreeMap<>(strings);
    int version = number(rest, "format_version", 0, source);
    if (version > FORMAT_VERSION) {
      throw new WeightsException(
          "%s: format version %d is newer than %d, the newest this Loupe reads; update Loupe"
              .formatted(source, version, FORMAT_VERSION));
    }
    String network = required(rest, "network", source);
    int scale = number("scale", required(rest, "scale", source), source);
    int p = number(rest, "p", DEFAULT_P, source);
    int k = number(rest, "k", DEFAULT_K, source);
    int valueRange = number(rest, "value_range", 1, source);
    List<Variant> variants =
        variants(Objects.requireNonNullElse(rest.remove("variants"), ""), source);
    Map<String, Map<String, Integer>> config =
        config(Objects.requireNonNullElse(rest.remove("config"), "{}"), source);
    try {
      return new ModelMetadata(network, scale, variants, p, k, valueRange, config, rest);
    } catch (WeightsException e) {
      throw new WeightsException(source + ": " + e.getMessage(), e);
    }
  }

  /** The {@code __metadata__} strings of this description, which {@link #parse} reads back. */
  public Map<String, String> format() {
    Map<String, String> strings = new TreeMap<>(notes);
    strings.put("format_version", Integer.toString(FORMAT_VERSION));
    strings.put("network", network);
    strings.put("scale", Integer.toString(scale));
    strings.put("p", Integer.toString(p));
    strings.put("k", Integer.toString(k));
    strings.put("value_range", Integer.toString(valueRange));
    if (!variants.isEmpty()) {
      strings.put(
          "variants", variants.stream().map(Variant::toString).collect(Collectors.joining(",")));
    }
    Map<String, Map<String, Integer>> parts = new TreeMap<>();
    config.forEach((part, numbers) -> parts.put(part + "_kw", new TreeMap<>(numbers)));
    try {
      strings.put("config", JSON.std.asString(parts));
    } catch (IOException e) {
      throw new IllegalStateException("config " + config + " has no JSON form", e);
    }
    return strings;
  }

  private static String required(Map<String, String> rest, String key, String source) {
    String text = rest.remove(key);
    if (text == null) {
      throw new WeightsException(
          "%s: its metadata has no '%s'; is it a Loupe model?".formatted(source, key));
    }
    return text;
  }

  private static int number(Map<String, String> rest, String key, int otherwise, String source) {
    String text = rest.remove(key);
    return text == null ? otherwise : number(key, text, source);
  }

  private static int number(String key, String text, String source) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new WeightsException(
          "%s: metadata %s is '%s', expected a whole number".formatted(source, key, text), e);
    }
  }

  private static List<Variant> variants(String text, String source) {
    try {
      return text.isEmpty()
          ? List.of()
          : Arrays.stream(text.split(" *, *")).map(Variant::of).toList();
    } catch (IllegalArgumentException e) {
      throw new WeightsException("%s: metadata %s".formatted(source, e.getMessage()), e);
    }
  }

  /** {@code {"base_kw": {"nb": 3}}} becomes {base: {nb: 3}}; a flag counts as 1 or 0. */
  private static Map<String, Map<String, Integer>> config(String json, String source) {
    Map<String, Map<String, Integer>> config = new TreeMap<>();
    try {
      for (Map.Entry<String, Object> part : JSON.std.mapFrom(json).entrySet()) {
        if (!part.getKey().endsWith("_kw") || !(part.getValue() instanceof Map<?, ?> map)) {
          throw badConfig(json, source, null);
        }
        Map<String, Integer> numbers = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (entry.getValue() instanceof Integer number) {
            numbers.put((String) entry.getKey(), number);
          } else if (entry.getValue() instanceof Boolean flag) {
            numbers.put((String) entry.getKey(), flag ? 1 : 0);
          } else {
            throw badConfig(json, source, null);
          }
        }
        config.put(part.getKey().replaceFirst("_kw$", ""), Map.copyOf(numbers));
      }
    } catch (IOException e) {
      throw badConfig(json, source, e);
    }
    return config;
  }

  private static WeightsException badConfig(String json, String source, IOException cause) {
    return new WeightsException(
        "%s: metadata config is '%s', expected the form {\"base_kw\": {\"nb\": 12}}"
            .formatted(source, json),
        cause);
  }
}
