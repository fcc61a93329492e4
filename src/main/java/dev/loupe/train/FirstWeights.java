package dev.loupe.train;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Value;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.network.Network;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.network.WeightSource;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.weights.NamedTensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * The weights that training begins with: filters uniform within 1 / sqrt(inputs) as PyTorch draws
 * them, slopes 1/4, biases 0, given ones where a model is gone on with.
 */
final class FirstWeights implements WeightSource {
  private static final float SLOPE = 0.25f;
  private static final int SIDE = 64;

  private final long seed;
  private final Map<String, NamedTensor> tensors = new TreeMap<>();

  private FirstWeights(long seed, Collection<NamedTensor> given) {
    this.seed = seed;
    given.forEach(tensor -> tensors.put(tensor.name(), tensor));
  }

  /** All tensors of all parts of {@code network}; {@code given} ones keep their values. */
  static Collection<NamedTensor> of(Network network, long seed, Collection<NamedTensor> given) {
    FirstWeights weights = new FirstWeights(seed, given);
    Graph graph = new Graph();
    NetworkBuilder net = new NetworkBuilder(graph, weights);
    Value lowRes = graph.input("lowRes", TensorType.frame(3, SIDE, SIDE));
    Value feature = network.feature(net, lowRes);
    Optional<Value> skip = network.imageSkip(net, lowRes);
    network.coarse(net, feature, skip);
    network.refine(net, feature, skip, false);
    MaskPrediction.predict(net, feature, 4);
    return weights.tensors.values();
  }

  @Override
  public FloatTensor tensor(String name, int... dims) {
    return tensors.computeIfAbsent(name, key -> draw(name, dims)).tensor();
  }

  private NamedTensor draw(String name, int... dims) {
    int count = 1;
    for (int extent : dims) {
      count *= extent;
    }
    float[] data = new float[count];
    if (dims.length == 4) {
      double bound = 1 / Math.sqrt(count / (double) dims[0]);
      SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
      for (int i = 0; i < count; i++) {
        data[i] = (float) (bound * (2 * random.nextDouble() - 1));
      }
    } else if (name.endsWith(".weight")) {
      Arrays.fill(data, SLOPE);
    }
    return new NamedTensor(name, dims, data);
  }
}
