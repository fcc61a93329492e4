package dev.loupe.network;

import dev.loupe.weights.ModelMetadata;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The networks Loupe knows, by name. */
public final class Networks {
  /** The config keys that a network has, as part.key, and the network that a model describes. */
  private record Entry(Set<String> keys, Function<ModelMetadata, Network> network) {}

  private static final Set<String> BLOCKS = Set.of("base.nb", "refine.nb");

  private static final Map<String, Entry> BY_NAME =
      new TreeMap<>(
          Map.of(
              "fsrcnn", new Entry(Set.of("base.d", "base.s", "base.m", "refine.m"), Fsrcnn::of),
              "pan", new Entry(BLOCKS, Pan::of),
              "pan-original", new Entry(Set.of(), model -> original(new Pan(model.scale(), 16, 0))),
              "rcan", new Entry(Set.of("base.ng", "base.nb", "refine.ng", "refine.nb"), Rcan::of),
              "rfdn", new Entry(BLOCKS, Rfdn::of),
              "rfdn-original",
                  new Entry(Set.of(), model -> original(new Rfdn(model.scale(), 4, 0))),
              "srresnet", new Entry(BLOCKS, SrResNet::of)));

  private Networks() {}

  private static Network original(Network base) {
    return new Original(base);
  }

  /** The names, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  /** Those of the paper. */
  public static List<String> published() {
    return List.of("fsrcnn", "pan", "rfdn", "srresnet", "rcan");
  }

  /**
   * The network that a model file describes.
   *
   * @throws IllegalArgumentException naming the network, scale or config that is not known, and
   *     those that are
   */
  public static Network of(ModelMetadata model) {
    Entry entry = BY_NAME.get(model.network());
    if (entry == null) {
      throw new IllegalArgumentException(
          "network '%s' is not known; known are %s".formatted(model.network(), names()));
    }
    if (model.scale() < 2 || model.scale() > 4) {
      throw new IllegalArgumentException(
          "network '%s' has no scale %d; it has 2, 3 and 4"
              .formatted(model.network(), model.scale()));
    }
    model
        .config()
        .forEach((part, numbers) -> numbers.keySet().forEach(key -> check(model, part, key)));
    return entry.network().apply(model);
  }

  /** An unknown key would otherwise be left out unseen, and another network would run. */
  private static void check(ModelMetadata model, String part, String key) {
    Set<String> known = new TreeSet<>(BY_NAME.get(model.network()).keys());
    known.add("mask.channels");
    if (!known.contains(part + "." + key)) {
      throw new IllegalArgumentException(
          "network '%s' has no config %s.%s; it has %s"
              .formatted(model.network(), part, key, known));
    }
    if (model.config(part, key, 0) < 1) {
      throw new IllegalArgumentException(
          "network '%s': config %s.%s is %d, it must be at least 1"
              .formatted(model.network(), part, key, model.config(part, key, 0)));
    }
  }
}
