package dev.loupe.train;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Value;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.op.CropsToTensor;
import dev.loupe.op.PictureLoss;
import dev.loupe.tensor.Norm;
import dev.loupe.train.Comparisons.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One iteration of a phase as a graph: crops in, forward, losses, gradients out (docs/networks.md
 * section 8).
 *
 * @param graph all of it
 * @param lowRes input: the crops
 * @param highRes input: their true pictures
 * @param losses one number each, already weighted; the loss is their sum
 * @param gradients for each trained parameter a row of its elements
 */
record TrainingGraph(
    Graph graph, Value lowRes, Value highRes, List<Value> losses, Map<String, Value> gradients) {
  /**
   * Builds the graph.
   *
   * @param scheme network, weights and mask; all patches are refined together
   * @param recompute whether memory is spared at the cost of time; gradients are the same bits
   * @throws IllegalArgumentException if the crops are no whole patches, or an operator has no
   *     gradient
   */
  static TrainingGraph of(GuidedScheme scheme, Phase phase, CropShape crops, boolean recompute) {
    Graph source = new Graph();
    Value low = source.input("lowRes", crops.lowRes());
    Value high = source.input("highRes", crops.highRes());
    CropsToTensor pixels = new CropsToTensor(CropShape.CHANNELS, 1, scheme.range());
    Value lowRes = source.add(pixels, low);
    NetworkBuilder net = new NetworkBuilder(source, scheme.weights());
    source.stage("forward");
    List<Comparison> comparisons = new Comparisons(scheme, net, lowRes, high).of(phase);
    Primitives forward = Primitives.rewrite(source);
    Graph graph = forward.graph();
    Recomputation kept = recompute ? Recomputation.of(graph) : Recomputation.none(graph);
    Backward backward = new Backward(graph, phase::trains, kept);
    List<Value> losses = losses(forward, backward, phase.loss().norm(), comparisons);
    Map<String, Value> gradients = backward.run();
    if (gradients.isEmpty()) {
      throw new IllegalArgumentException(
          "phase '%s' trains none of its parts %s".formatted(phase.variant(), phase.parts()));
    }
    return new TrainingGraph(graph, forward.of(low), forward.of(high), losses, gradients);
  }

  /** The loss of each comparison, whose gradient is where the way back begins. */
  private static List<Value> losses(
      Primitives forward, Backward backward, Norm norm, List<Comparison> comparisons) {
    Graph graph = forward.graph();
    graph.stage("loss");
    List<Value> losses = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      Value result = forward.of(comparison.result());
      Value target = forward.of(comparison.target());
      PictureLoss compare = new PictureLoss(norm, comparison.weight());
      Value loss = graph.add(compare, result, target);
      graph.output(loss);
      losses.add(loss);
      if (backward.needs(result)) {
        backward.seed(result, graph.add(compare.gradient(), result, target));
      }
    }
    return losses;
  }
}
