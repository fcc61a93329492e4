package dev.loupe;

import dev.loupe.complexity.CountedWeights;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.weights.CheckpointNames;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.TorchCheckpoint;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import dev.loupe.weights.WeightsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The import of PyTorch checkpoints: published originals by their own tensor names, the mask-guided
 * networks by Loupe's, which are the keys of their state_dict.
 */
public final class ModelImport {
  private static final String ORIGINAL = "-original";

  private ModelImport() {}

  /**
   * Reads a checkpoint, without executing anything of it.
   *
   * @param network a name of {@link Networks#names}
   * @param scale the factor it was trained for
   * @throws WeightsException if the file is no checkpoint, is hostile, or has tensors that are
   *     unknown, missing or misshapen, the first of which are named
   * @throws IllegalArgumentException if there is no such network or scale
   */
  public static Model read(Path file, String network, int scale) {
    ModelMetadata metadata = ModelMetadata.of(network, scale);
    Network known = Networks.of(metadata);
    TorchCheckpoint checkpoint = TorchCheckpoint.read(file);
    Weights weights =
        network.endsWith(ORIGINAL)
            ? CheckpointNames.of(network).weights(checkpoint, scale)
            : guided(checkpoint, metadata, known);
    ModelMetadata described =
        weights
            .metadata()
            .withNote("training", "imported from a third party's PyTorch checkpoint")
            .withNote("source", String.valueOf(file.getFileName()));
    return new Model(file.toString(), Weights.of(file.toString(), described, weights.tensors()));
  }

  private static Weights guided(
      TorchCheckpoint checkpoint, ModelMetadata metadata, Network network) {
    List<NamedTensor> tensors = checkpoint.tensors();
    Set<String> found = tensors.stream().map(NamedTensor::name).collect(Collectors.toSet());
    Set<String> wanted = expected(network, metadata.p(), found);
    Set<String> unknown = without(found, wanted);
    Set<String> missing = without(wanted, found);
    if (!unknown.isEmpty() || !missing.isEmpty()) {
      throw WeightsException.ofOthers(
          checkpoint.source(), metadata.network(), metadata.scale(), unknown, missing);
    }
    return Weights.of(checkpoint.source(), metadata, tensors);
  }

  /** The names that the parts in the file ought to have: a Base-Net, a Refine-Net, a mask. */
  private static Set<String> expected(Network network, int p, Collection<String> found) {
    List<Variant> variants = new ArrayList<>(List.of(Variant.BASE));
    if (found.stream().anyMatch(name -> name.startsWith("refine."))) {
      variants.add(Variant.ALL);
    }
    if (found.stream().anyMatch(name -> name.startsWith("mp."))) {
      variants.add(Variant.MASK);
    }
    CountedWeights weights = new CountedWeights();
    variants.forEach(new GuidedScheme(network, weights, p, 1, 1)::askForWeights);
    return weights.dims().keySet();
  }

  private static Set<String> without(Collection<String> names, Collection<String> others) {
    Set<String> rest = new TreeSet<>(names);
    rest.removeAll(others);
    return rest;
  }
}
