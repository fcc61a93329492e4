package dev.loupe;

import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.Variant;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.SafeTensors;
import dev.loupe.weights.Weights;
import dev.loupe.weights.WeightsException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A network with its weights, every tensor checked; immutable and thread-safe. */
public final class Model {
  private final String name;
  private final Network network;
  private final Weights weights;

  private Model(String name, Weights weights) {
    this.name = name;
    this.weights = weights;
    network = Networks.of(weights.metadata());
    checkTensors();
  }

  /**
   * Loads a bundled model by name ({@code fsrcnn-x4}) or any other by the path of its {@code
   * .safetensors} file.
   *
   * @throws WeightsException if there is no such model, or a tensor is missing, misshapen, not
   *     finite or unknown
   */
  public static Model load(String nameOrPath) {
    return new Model(nameOrPath, ModelFiles.read(nameOrPath));
  }

  /**
   * The model inside a golden case: its tensors named {@code weights.*}.
   *
   * @throws WeightsException as {@link #load}
   */
  public static Model ofCase(SafeTensors file) {
    return new Model(file.source(), Weights.of(file, "weights."));
  }

  /** Builds the smallest frame of every variant once, which asks for every tensor by its shape. */
  private void checkTensors() {
    Set<String> used = new HashSet<>();
    GuidedScheme scheme = scheme(WeightSource.of(weights, used), 1);
    int side = 16 * metadata().p();
    for (Variant variant : variants()) {
      scheme.build(FrameSpec.floats(side, side, variant, PatchCount.of(1)));
    }
    weights.requireAllUsed(used, "");
  }

  private GuidedScheme scheme(WeightSource source, int batch) {
    return new GuidedScheme(network, source, metadata().p(), metadata().valueRange(), batch);
  }

  /** The guided scheme of this model, with at most {@code batch} patches refined together. */
  public GuidedScheme scheme(int batch) {
    return scheme(WeightSource.of(weights), batch);
  }

  /** The name or path it was loaded by. */
  public String name() {
    return name;
  }

  public Network network() {
    return network;
  }

  public ModelMetadata metadata() {
    return weights.metadata();
  }

  /** Number of weights. */
  public long parameters() {
    return weights.parameters();
  }

  /** The variants its weights can run. */
  public List<Variant> variants() {
    return metadata().variants().stream().map(Variant::of).toList();
  }

  /** {@link Variant#MASK} where the weights have a mask prediction, else the best there is. */
  public Variant defaultVariant() {
    for (Variant best : List.of(Variant.MASK, Variant.ALL, Variant.FULL)) {
      if (variants().contains(best)) {
        return best;
      }
    }
    return Variant.BASE;
  }

  /**
   * Checks that this model can run {@code variant}.
   *
   * @throws IllegalArgumentException naming the variants it can run
   */
  public void requireVariant(Variant variant) {
    if (!variants().contains(variant)) {
      throw new IllegalArgumentException(
          "model %s has no variant '%s', only %s".formatted(name, variant, variants()));
    }
  }
}
