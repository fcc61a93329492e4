package dev.loupe;

import dev.loupe.file.AtomicFile;
import dev.loupe.file.IoReason;
import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.MaskPrediction;
import dev.loupe.guided.PatchCount;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.weights.Dtype;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.SafeTensors;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import dev.loupe.weights.WeightsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A network with its weights, every tensor checked; immutable and thread-safe. */
public final class Model {
  private static final double LEAST_SHARE = 0.15;

  private final String name;
  private final Network network;
  private final Weights weights;

  Model(String name, Weights weights) {
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
   * A model of weights in memory, such as a trainer's.
   *
   * @param name what messages call it
   * @throws WeightsException as {@link #load}
   */
  public static Model of(String name, Weights weights) {
    return new Model(name, weights);
  }

  /**
   * The model inside a golden case: its tensors named {@code weights.*}.
   *
   * @throws WeightsException as {@link #load}
   */
  public static Model ofCase(SafeTensors file) {
    return new Model(file.source(), Weights.of(file, "weights."));
  }

  private void checkTensors() {
    Set<String> used = new HashSet<>();
    variants().forEach(scheme(WeightSource.of(weights, used), 1)::askForWeights);
    weights.requireAllUsed(used);
  }

  private GuidedScheme scheme(WeightSource source, int batch) {
    MaskPrediction mask = new MaskPrediction(metadata().maskChannels());
    return new GuidedScheme(network, source, metadata().p(), metadata().valueRange(), batch, mask);
  }

  /** The guided scheme of this model, with at most {@code batch} patches refined together. */
  public GuidedScheme scheme(int batch) {
    return scheme(WeightSource.of(weights), batch);
  }

  /**
   * Runs the small picture that the model file carries and compares with the result in it, so that
   * a device which computes something else is found out before it spoils a picture.
   *
   * @return whether the file carries a self-check
   * @throws SelfCheckException naming the model, the device and how far it is off
   */
  public boolean selfCheck(Engine engine) {
    weights.selfCheck().ifPresent(check -> ModelCheck.run(this, engine, check));
    return weights.selfCheck().isPresent();
  }

  /**
   * Runs {@link #selfCheck} where this model has not passed it yet with this device, driver and
   * version of Loupe, which a note beside the cached programs remembers; without a cache directory
   * it runs every time. Not in plain Java: that is slow, and what the results come from.
   *
   * @throws SelfCheckException as {@link #selfCheck}
   */
  void selfCheckOnFirstUse(Engine engine) {
    weights.selfCheck().ifPresent(check -> ModelCheck.runOnce(this, engine, weights, check));
  }

  /**
   * Writes the model to a file with a self-check of its own, computed in plain Java; the file is
   * read and checked once before it takes its place.
   *
   * @param dtype {@link Dtype#F32} or {@link Dtype#F16}
   * @throws WeightsException if a weight does not fit the type, or the weights give a picture that
   *     is not finite
   * @throws UncheckedIOException if the file cannot be written
   */
  public void write(Path file, Dtype dtype) {
    Weights rounded = weights.rounded(dtype);
    Weights checked = rounded.withSelfCheck(ModelCheck.of(new Model(name, rounded)));
    try (Engine java = Engine.open(Engine.JAVA, null)) {
      AtomicFile.make(
          file,
          part -> {
            checked.write(part, dtype);
            new Model(name, Weights.read(part)).selfCheck(java);
          });
    } catch (IOException | UncheckedIOException e) {
      IOException cause = e instanceof UncheckedIOException of ? of.getCause() : (IOException) e;
      throw new UncheckedIOException(
          "%s: cannot be written: %s".formatted(file, IoReason.of(cause)), cause);
    }
  }

  /**
   * Checks that a small picture is finite, in plain Java.
   *
   * @throws WeightsException if it is not
   */
  public void requireFinite() {
    ModelCheck.of(this);
  }

  /**
   * Prepares a frame of the model.
   *
   * @throws dev.loupe.opencl.OutOfDeviceMemoryException as {@link Engine#prepare}
   */
  public FrameRunner prepare(Engine engine, FrameSpec spec) {
    return engine.prepare(scheme(engine.patchBatch()), spec);
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
    return metadata().variants();
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

  /** The patches that variant mask refines as published: the model's own count. */
  public PatchCount publishedPatches() {
    return PatchCount.of(metadata().k());
  }

  /**
   * The patches that variant mask refines where no K is asked for: the model's own, but of a large
   * picture no less than a share of 15 %. The paper's K of 1000 is 3 % of a 960x540 frame and 0.1 %
   * of a photo of 12 megapixels, which nobody would see.
   */
  public PatchCount patches() {
    return PatchCount.atLeast(metadata().k(), LEAST_SHARE);
  }

  /**
   * The variant to run where {@code wanted} of them and {@code k} patches of each frame are asked
   * for, either of them null where it is not: {@link #defaultVariant()} then.
   *
   * @throws IllegalArgumentException if this model has no such variant, or it would not refine
   *     those patches
   */
  public Variant variant(Variant wanted, PatchCount k) {
    Variant chosen = wanted == null ? defaultVariant() : wanted;
    requireVariant(chosen);
    if (k == null || k.suits(chosen)) {
      return chosen;
    }
    throw new IllegalArgumentException(
        wanted == null
            ? "model %s cannot choose patches, as it has only %s; leave out their number"
                .formatted(name, variants())
            : "K = %s: variant %s chooses no patches; take variant mask, or leave out their number"
                .formatted(k, chosen));
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
