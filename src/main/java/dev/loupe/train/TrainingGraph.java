package dev.loupe.train;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Value;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.Variant;
import dev.loupe.network.Network;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.network.Picture;
import dev.loupe.op.CropsToTensor;
import dev.loupe.op.LumaGap;
import dev.loupe.op.MinMaxNormalise;
import dev.loupe.op.PatchSplit;
import dev.loupe.op.PictureLoss;
import dev.loupe.tensor.Norm;
import dev.loupe.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * One iteration of a phase as a graph: crops in, forward, losses, gradients out (NETWORKS.md
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
  private static final int HALO = 1;

  /** What a phase compares: a picture (or the mask) and its target. */
  private record Comparison(Value result, Value target, float weight) {}

  /**
   * Builds the graph.
   *
   * @param scheme network, weights and mask; all patches are refined together
   * @param recompute whether memory is spared at the cost of time; gradients are the same bits
   * @throws IllegalArgumentException if the crops are no whole patches, or an operator has no
   *     gradient
   */
  static TrainingGraph of(GuidedScheme scheme, Phase phase, CropShape crops, boolean recompute) {
    Network network = scheme.network();
    int p = scheme.p();
    float range = scheme.range();
    Graph source = new Graph();
    Value low = source.input("lowRes", crops.lowRes());
    Value high = source.input("highRes", crops.highRes());
    Value lowRes = source.add(new CropsToTensor(CropShape.CHANNELS, 1, range), low);
    NetworkBuilder net = new NetworkBuilder(source, scheme.weights());
    source.stage("forward");
    Value feature = network.feature(net, lowRes);
    Optional<Value> skip = network.imageSkip(net, lowRes);
    List<Comparison> comparisons = new ArrayList<>();
    Map<Integer, Value> targets = new HashMap<>(); // by the factor of the pixel shuffle
    IntFunction<Value> target =
        factor -> targets.computeIfAbsent(factor, f -> target(source, high, f, range));
    Picture coarse = null;
    if (phase.loss().coarse() > 0 || phase.loss().mask() > 0) {
      coarse = network.coarse(net, feature, skip);
    }
    if (phase.loss().coarse() > 0) {
      comparisons.add(
          new Comparison(coarse.value(), target.apply(coarse.factor()), phase.loss().coarse()));
    }
    if (phase.variant() == Variant.FULL) {
      Picture refined = network.refine(net, feature, skip, false);
      comparisons.add(
          new Comparison(refined.value(), target.apply(refined.factor()), phase.loss().refined()));
    } else if (phase.variant() != Variant.BASE) {
      Picture refined = refinePatches(network, net, feature, skip, p);
      PatchSplit patches = new PatchSplit(p * crops.scale() / refined.factor(), 0);
      if (phase.loss().refined() > 0) {
        Value cut = source.add(patches, target.apply(refined.factor()));
        comparisons.add(new Comparison(refined.value(), cut, phase.loss().refined()));
      }
      if (phase.loss().mask() > 0) {
        Shape size = feature.type().shape();
        LumaGap gap = new LumaGap(refined.factor(), size.h() / p, size.w() / p);
        Value changed = source.add(gap, refined.value(), source.add(patches, coarse.value()));
        Value error = source.add(new MinMaxNormalise(), changed);
        Value mask = scheme.prediction().predict(net, feature, p);
        comparisons.add(new Comparison(mask, error, phase.loss().mask()));
      }
    }
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

  private static Value target(Graph graph, Value high, int factor, float range) {
    return graph.add(new CropsToTensor(CropShape.CHANNELS, factor, range), high);
  }

  private static Picture refinePatches(
      Network network, NetworkBuilder net, Value feature, Optional<Value> skip, int p) {
    Value windows = net.add(new PatchSplit(p, HALO), feature);
    Optional<Value> skips =
        skip.map(value -> net.add(new PatchSplit(p * network.scale(), 0), value));
    return network.refine(net, windows, skips, true);
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
