package dev.loupe.bench;

import dev.loupe.graph.Graph;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.RandomWeights;
import dev.loupe.network.WeightSource;
import dev.loupe.timing.LadderRung;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.List;

/**
 * A graph that Loupe and its peers run with the same weights.
 *
 * @param name the rung, or network and variant
 * @param builder makes the graph of a frame size
 */
record PeerGraph(String name, LadderRung.Builder builder) {
  private static final int SCALE = 4;

  /** The five rungs of the ladder, then base and full of the five networks x4. */
  static List<PeerGraph> all() {
    List<PeerGraph> graphs = new ArrayList<>();
    LadderRung.all().forEach(rung -> graphs.add(new PeerGraph(rung.name(), rung.builder())));
    for (String name : Networks.published()) {
      Network network = Networks.of(ModelMetadata.of(name, SCALE));
      for (Variant variant : List.of(Variant.BASE, Variant.FULL)) {
        graphs.add(new PeerGraph(name + " " + variant, (h, w) -> graph(network, variant, h, w)));
      }
    }
    return graphs;
  }

  private static Graph graph(Network network, Variant variant, int height, int width) {
    return new GuidedScheme(network, weights(network), 4, 1f, 1)
        .build(FrameSpec.floats(width, height, variant, PatchCount.of(0)))
        .graph();
  }

  /** Random weights with which the network's values neither vanish nor grow without bound. */
  static WeightSource weights(Network network) {
    float gain =
        switch (network.name()) {
          case "fsrcnn", "srresnet" -> 2f;
          case "rcan" -> 0.5f;
          default -> 1f;
        };
    return new RandomWeights(1, gain);
  }
}
