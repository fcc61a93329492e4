package dev.loupe.network;

import dev.loupe.weights.ModelMetadata;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The networks Loupe knows, by name. */
public final class Networks {
  private static final Map<String, Function<ModelMetadata, Network>> BY_NAME =
      new TreeMap<>(Map.of("fsrcnn", model -> Fsrcnn.ofScale(model.scale())));

  private Networks() {}

  /** The names, in alphabetical order. */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  /**
   * The network that a model file describes.
   *
   * @throws IllegalArgumentException naming the network and those that are known
   */
  public static Network of(ModelMetadata model) {
    Function<ModelMetadata, Network> network = BY_NAME.get(model.network());
    if (network == null) {
      throw new IllegalArgumentException(
          "network '%s' is not known; known are %s".formatted(model.network(), names()));
    }
    return network.apply(model);
  }
}
