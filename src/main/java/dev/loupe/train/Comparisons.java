package dev.loupe.train;

import dev.loupe.graph.Value;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.network.Network;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.network.Picture;
import dev.loupe.op.CropsToTensor;
import dev.loupe.op.LumaGap;
import dev.loupe.op.MinMaxNormalise;
import dev.loupe.op.PatchSplit;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The way forward of a phase, from its crops to what it compares. */
final class Comparisons {
  /** A picture (or the mask), its target, and what their difference weighs. */
  record Comparison(Value result, Value target, float weight) {}

  private final GuidedScheme scheme;
  private final Network network;
  private final NetworkBuilder net;
  private final Value highRes;
  private final Value feature;
  private final Optional<Value> skip;
  private final Map<Integer, Value> targets = new HashMap<>(); // by the factor of the pixel shuffle
  private final List<Comparison> comparisons = new ArrayList<>();

  /**
   * Appends the feature.
   *
   * @param lowRes the crops as a tensor
   * @param highRes their true pictures as they come
   */
  Comparisons(GuidedScheme scheme, NetworkBuilder net, Value lowRes, Value highRes) {
    this.scheme = scheme;
    this.net = net;
    this.highRes = highRes;
    network = scheme.network();
    feature = network.feature(net, lowRes);
    skip = network.imageSkip(net, lowRes);
  }

  /** Appends what {@code phase} compares. */
  List<Comparison> of(Phase phase) {
    PhaseLoss loss = phase.loss();
    boolean needsCoarse = loss.coarse() > 0 || loss.mask() > 0;
    Picture coarse = needsCoarse ? network.coarse(net, feature, skip) : null;
    if (loss.coarse() > 0) {
      compare(coarse.value(), target(coarse), loss.coarse());
    }
    if (phase.variant() == Variant.FULL) {
      Picture refined = network.refine(net, feature, skip, false);
      compare(refined.value(), target(refined), loss.refined());
    } else if (phase.variant() != Variant.BASE) {
      comparePatches(refinePatches(), coarse, loss);
    }
    return comparisons;
  }

  private void comparePatches(Picture refined, Picture coarse, PhaseLoss loss) {
    int p = scheme.p();
    PatchSplit patches = new PatchSplit(p * network.scale() / refined.factor(), 0);
    if (loss.refined() > 0) {
      compare(refined.value(), net.add(patches, target(refined)), loss.refined());
    }
    if (loss.mask() > 0) {
      Shape size = feature.type().shape();
      LumaGap gap = new LumaGap(refined.factor(), size.h() / p, size.w() / p);
      Value changed = net.add(gap, refined.value(), net.add(patches, coarse.value()));
      Value error = net.add(new MinMaxNormalise(), changed);
      compare(scheme.prediction().predict(net, feature, p), error, loss.mask());
    }
  }

  private Picture refinePatches() {
    Value windows = net.add(new PatchSplit(scheme.p(), Network.HALO), feature);
    PatchSplit patches = new PatchSplit(scheme.p() * network.scale(), 0);
    return network.refine(net, windows, skip.map(value -> net.add(patches, value)), true);
  }

  private void compare(Value result, Value target, float weight) {
    comparisons.add(new Comparison(result, target, weight));
  }

  /** The true picture, shuffled as {@code picture} is. */
  private Value target(Picture picture) {
    return targets.computeIfAbsent(
        picture.factor(),
        factor -> net.add(new CropsToTensor(CropShape.CHANNELS, factor, scheme.range()), highRes));
  }
}
