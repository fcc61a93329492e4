package dev.loupe.complexity;

import dev.loupe.network.WeightSource;
import dev.loupe.tensor.FloatTensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A weight source that holds no weights: it counts what a network asks for and hands out zeros,
 * shared by all tensors of one shape, so that even RCAN costs no memory to build.
 */
public final class CountedWeights implements WeightSource {
  private final Map<String, int[]> dims = new TreeMap<>();
  private final Map<String, FloatTensor> zeros = new HashMap<>();

  @Override
  public FloatTensor tensor(String name, int... extents) {
    dims.put(name, extents.clone());
    return zeros.computeIfAbsent(
        Arrays.toString(extents), shape -> WeightSource.ZEROS.tensor(name, extents));
  }

  /** The extents of every tensor asked for so far, by name. */
  public Map<String, int[]> dims() {
    return Collections.unmodifiableMap(dims);
  }

  /** Number of weights in all tensors asked for so far. */
  public long parameters() {
    return dims.values().stream()
        .mapToLong(d -> Arrays.stream(d).asLongStream().reduce(1, Math::multiplyExact))
        .sum();
  }
}
