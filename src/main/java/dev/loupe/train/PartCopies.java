package dev.loupe.train;

import dev.loupe.weights.NamedTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Parts of a network that begin as copies of others, such as Refine-Net's upsampler of Base-Net's:
 * they have the same task, and the same shapes in all but PAN x2 and x3. The whole {@code refine}
 * as a copy of {@code base} is a {@link RefineStart}.
 *
 * @param sources by part the part it is copied from
 */
public record PartCopies(Map<String, String> sources) {
  /** None. */
  public static final PartCopies NONE = new PartCopies(Map.of());

  private static final Map<String, String> REFINE_AS_BASE = Map.of("refine", "base");

  /**
   * Copies the map.
   *
   * @throws IllegalArgumentException if a part is inside another, as the order would then count
   */
  public PartCopies {
    sources = Map.copyOf(sources);
    for (String part : sources.keySet()) {
      if (sources.keySet().stream().anyMatch(other -> part.startsWith(other + "."))) {
        throw new IllegalArgumentException(
            "copy: '%s' is inside another part of %s".formatted(part, sources.keySet()));
      }
    }
  }

  /**
   * All of {@code tensors}, those of a part that is a copy with its source's elements.
   *
   * @throws IllegalArgumentException naming a part that is not there, or a tensor whose source is
   *     missing or of another shape
   */
  List<NamedTensor> apply(List<NamedTensor> tensors) {
    if (sources.equals(REFINE_AS_BASE)) {
      return RefineStart.apply(tensors);
    }
    Map<String, NamedTensor> byName = new TreeMap<>();
    tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
    List<NamedTensor> result = new ArrayList<>(tensors);
    sources.forEach(
        (part, source) -> {
          if (tensors.stream().noneMatch(tensor -> tensor.name().startsWith(part + "."))) {
            throw new IllegalArgumentException(
                "copy: the network has no part '%s'; its tensors are named like %s"
                    .formatted(part, tensors.get(0).name()));
          }
          result.replaceAll(
              tensor ->
                  tensor.name().startsWith(part + ".")
                      ? copy(tensor, byName.get(source + tensor.name().substring(part.length())))
                      : tensor);
        });
    return result;
  }

  private static NamedTensor copy(NamedTensor tensor, NamedTensor source) {
    if (source == null || !Arrays.equals(source.dims(), tensor.dims())) {
      throw new IllegalArgumentException(
          "copy: %s of shape %s has no counterpart of that shape"
              .formatted(tensor.name(), Arrays.toString(tensor.dims())));
    }
    return source.renamed(tensor.name());
  }
}
