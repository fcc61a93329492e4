package dev.loupe.train;

import dev.loupe.complexity.CountedWeights;
import dev.loupe.graph.Graph;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.network.Network;
import dev.loupe.tensor.Norm;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.List;
import java.util.stream.Stream;

/** Iterations of training as graphs that never run: for the operators in them. */
public final class TrainingSteps {
  private static final CropShape PUBLISHED = new CropShape(64, 32, 1);
  private static final LearningRate RATE = new LearningRate(1, 0, 1, 0);

  private TrainingSteps() {}

  /**
   * Those of {@code network} with 64 crops of 32x32, in which every part learns: by whole pictures,
   * then by patches and the mask.
   */
  public static List<Graph> of(Network network) {
    GuidedScheme scheme =
        new GuidedScheme(
            network, new CountedWeights(), ModelMetadata.DEFAULT_P, 1, PUBLISHED.batch());
    CropShape crops = new CropShape(PUBLISHED.batch(), PUBLISHED.side(), network.scale());
    return Stream.of(
            phase(Variant.FULL, 0, "base", "refine"),
            phase(Variant.MASK, 1, "base", "refine", "mp"))
        .map(phase -> TrainingGraph.of(scheme, phase, crops, false).graph())
        .toList();
  }

  private static Phase phase(Variant variant, float mask, String... parts) {
    PhaseLoss loss = new PhaseLoss(Norm.L1, 1, 1, mask);
    return new Phase(variant, List.of(parts), 1, RATE, loss, PartCopies.NONE, Colouring.NONE);
  }
}
