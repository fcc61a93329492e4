package dev.loupe.train;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.Value;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.network.Network;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.network.WeightSource;
import dev.loupe.op.ConvTranspose2d;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.NamedTensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The weights that training begins with: those of a {@link BilinearStart} where there is one, else
 * filters uniform within 1 / sqrt(inputs) as PyTorch draws them, slopes 1/4, biases 0; what another
 * model has may take their place.
 */
final class FirstWeights implements WeightSource {
  private static final float SLOPE = 0.25f;
  private static final int SIDE = 64;

  private final SeededDraw draw;
  private final Map<String, NamedTensor> tensors = new TreeMap<>();

  private final Set<String> transposed = new HashSet<>();

  private FirstWeights(SeededDraw draw, Collection<NamedTensor> given) {
    this.draw = draw;
    given.forEach(tensor -> tensors.put(tensor.name(), tensor));
  }

  /** All tensors of all parts of {@code network}. */
  static FirstWeights of(Network network, MaskPrediction prediction, long seed) {
    SeededDraw draw = new SeededDraw(seed);
    FirstWeights weights = new FirstWeights(draw, BilinearStart.of(network, draw));
    Graph graph = new Graph();
    NetworkBuilder net = new NetworkBuilder(graph, weights);
    Value lowRes = graph.input("lowRes", TensorType.frame(3, SIDE, SIDE));
    Value feature = network.feature(net, lowRes);
    Optional<Value> skip = network.imageSkip(net, lowRes);
    network.coarse(net, feature, skip);
    network.refine(net, feature, skip, false);
    prediction.predict(net, feature, ModelMetadata.DEFAULT_P);
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof ConvTranspose2d conv) {
        weights.transposed.add(conv.weights().name());
      }
    }
    return weights;
  }

  /** All tensors, in the order of their names. */
  Collection<NamedTensor> tensors() {
    return tensors.values();
  }

  /**
   * Takes over what a model has of the same name and shape. Transposed convolutions are of one
   * shape at every scale and yet place their taps elsewhere: see {@link ResampledFilters}.
   *
   * @param from the model's scale
   * @param to the scale that is to be trained
   * @return the names of what was taken
   */
  Set<String> take(Collection<NamedTensor> model, int from, int to) {
    Set<String> taken = new TreeSet<>();
    for (NamedTensor tensor : model) {
      NamedTensor own = tensors.get(tensor.name());
      if (own != null && Arrays.equals(own.dims(), tensor.dims())) {
        boolean resampled = from != to && transposed.contains(tensor.name());
        tensors.put(tensor.name(), resampled ? ResampledFilters.of(tensor, from, to) : tensor);
        taken.add(tensor.name());
      }
    }
    return taken;
  }

  @Override
  public FloatTensor tensor(String name, int... dims) {
    return tensors.computeIfAbsent(name, key -> first(name, dims)).tensor();
  }

  private NamedTensor first(String name, int... dims) {
    int count = 1;
    for (int extent : dims) {
      count *= extent;
    }
    if (dims.length == 4) {
      double bound = 1 / Math.sqrt(count / (double) dims[0]);
      return new NamedTensor(name, dims, draw.uniform(name, count, bound));
    }
    float[] data = new float[count];
    Arrays.fill(data, name.endsWith(".weight") ? SLOPE : 0);
    return new NamedTensor(name, dims, data);
  }
}
