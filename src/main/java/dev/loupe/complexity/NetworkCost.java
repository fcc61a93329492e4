package dev.loupe.complexity;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.network.Network;
import dev.loupe.op.Cost;
import dev.loupe.tensor.Blocks;
import dev.loupe.weights.Variant;

/**
 * The count of a network's parameters and of its multiply-adds on frames of any size, read off the
 * very graphs that run; no weights and no device are needed.
 *
 * @param network Base-Net and Refine-Net
 * @param p side of a patch in low-resolution pixels
 */
public record NetworkCost(Network network, int p) {
  /**
   * Number of weights of a variant, as published: those of {@code full} and {@code all} include
   * Base-Net's upsampler.
   */
  public long parameters(Variant variant) {
    CountedWeights weights = new CountedWeights();
    GuidedScheme scheme = scheme(weights);
    scheme.askForWeights(Variant.BASE);
    scheme.askForWeights(variant);
    return weights.parameters();
  }

  /**
   * The cost of one frame.
   *
   * @param k patches of variant mask
   * @param width of the low-resolution frame
   * @param height likewise
   */
  public FrameCost frame(Variant variant, PatchCount k, int width, int height) {
    CountedWeights weights = new CountedWeights();
    Graph graph = build(weights, variant, k, width, height);
    Cost base = stage(graph, "base");
    long paperMask = 0;
    if (variant == Variant.FULL) {
      base = withUnusedUpsampler(base, weights, width, height);
    }
    if (variant == Variant.MASK) {
      paperMask = paperMask(width, height);
    }
    return new FrameCost(base, stage(graph, "mask"), stage(graph, "refine"), paperMask);
  }

  private Graph build(
      CountedWeights weights, Variant variant, PatchCount k, int width, int height) {
    return scheme(weights).build(FrameSpec.floats(width, height, variant, k)).graph();
  }

  private GuidedScheme scheme(CountedWeights weights) {
    return new GuidedScheme(network, weights, p, 1, 1);
  }

  private static Cost stage(Graph graph, String stage) {
    return graph.nodes().stream()
        .filter(node -> node.stage().equals(stage))
        .map(Node::cost)
        .reduce(Cost.NONE, Cost::plus);
  }

  /**
   * As published, variant full runs Base-Net's upsampler too, though nobody looks at its picture;
   * Loupe leaves it out.
   */
  private Cost withUnusedUpsampler(Cost base, CountedWeights weights, int width, int height) {
    Cost whole = stage(build(weights, Variant.BASE, PatchCount.NONE, width, height), "base");
    return new Cost(whole.paper(), whole.multiplyAdds(), base.executed());
  }

  /**
   * The structure that Table 1 counted: C to C on the frame, mean over each cell, ReLU, C to one
   * channel on the grid, LeakyReLU; the filter generator is not counted.
   */
  private long paperMask(int width, int height) {
    long c = network.featureChannels();
    long cells = (long) Blocks.count(height, p) * Blocks.count(width, p);
    return 9 * c * c * height * width + (9 * c + c + 1) * cells;
  }
}
