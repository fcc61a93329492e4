package dev.loupe;

import dev.loupe.guided.MemoryLimit;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.Progress;
import dev.loupe.op.Precision;
import dev.loupe.weights.Variant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** The options of an {@link Upscaler}; {@link #build} checks them. */
public final class UpscalerBuilder {
  /** The model that is used where none is named. */
  public static final String DEFAULT_MODEL = "fsrcnn-x4";

  private static final String DEFAULT_NETWORK = "fsrcnn";

  private String model;
  private int scale;
  private Variant variant;
  private PatchCount k;
  private String device;
  private String binding;
  private MemoryLimit memory;
  private Precision precision = Precision.FP32;
  private boolean ensemble;
  private Progress progress = Progress.NONE;
  private Supplier<Engine> engine = () -> Engine.open(device, binding);

  UpscalerBuilder() {}

  /**
   * A bundled model's name, a network's name such as {@code fsrcnn} with a {@link #scale}, or a
   * path; null for {@link #DEFAULT_MODEL} or, with a scale, its network at that scale.
   */
  public UpscalerBuilder model(String nameOrPath) {
    model = nameOrPath;
    return this;
  }

  /**
   * The factor wanted, 2, 3 or 4: completes a network's name, and is checked against the model.
   *
   * @throws IllegalArgumentException if it is another
   */
  public UpscalerBuilder scale(int factor) {
    if (factor < 2 || factor > 4) {
      throw new IllegalArgumentException("scale %d: take 2, 3 or 4".formatted(factor));
    }
    scale = factor;
    return this;
  }

  /** How much of the scheme runs; by default {@link Variant#MASK} where the model can. */
  public UpscalerBuilder variant(Variant wanted) {
    variant = wanted;
    return this;
  }

  /** How many patches variant mask refines; by default {@link Model#patches}. */
  public UpscalerBuilder patches(PatchCount count) {
    k = count;
    return this;
  }

  /**
   * {@code java}, or an OpenCL device by index, id, part of its name, or type; by default the best.
   */
  public UpscalerBuilder device(String choice) {
    device = choice;
    return this;
  }

  /** {@code lwjgl} or {@code jocl}. */
  public UpscalerBuilder binding(String name) {
    binding = name;
    return this;
  }

  /**
   * Runs in the caller's own OpenCL context instead of one of its own; {@link #device} then says
   * nothing.
   *
   * @param nativeContext the binding's handle: a Long for LWJGL, a cl_context for JOCL
   * @param nativeDevice likewise, a device of that context
   */
  public UpscalerBuilder context(Object nativeContext, Object nativeDevice) {
    engine = () -> Engine.adopt(binding, nativeContext, nativeDevice);
    return this;
  }

  /**
   * The most device memory that a picture may take: less is slower. By default on a CPU bands of
   * rows from 550 MB on, and never more than 2 GB; elsewhere bands only from a quarter of the
   * device's memory on. Where even bands do not fit, the picture is made in tiles, each with its
   * own share of the K patches. Plain Java refuses a limit: it takes Java's own memory.
   */
  public UpscalerBuilder memory(MemoryLimit limit) {
    memory = limit;
    return this;
  }

  /**
   * How tensors are stored on the device, by default in fp32. In fp16 they take half the memory,
   * and of 16-bit samples about 11 bits are kept; sums are fp32 all the same.
   */
  public UpscalerBuilder precision(Precision wanted) {
    precision = wanted == null ? Precision.FP32 : wanted;
    return this;
  }

  /**
   * Whether each picture is made turned and mirrored in all eight ways, and the mean of the results
   * taken: sharper (by 0.06 to 0.3 dB with the bundled models), in eight times the computing. The
   * result is then held whole, with 4 bytes of Java's heap a sample. Frames of floats cannot be
   * made so.
   */
  public UpscalerBuilder selfEnsemble(boolean wanted) {
    ensemble = wanted;
    return this;
  }

  /** Hears how far a picture is, and may cancel it; null for none. */
  public UpscalerBuilder progress(Progress listener) {
    progress = listener == null ? Progress.NONE : listener;
    return this;
  }

  MemoryLimit memory() {
    return memory;
  }

  Precision precision() {
    return precision;
  }

  boolean isSelfEnsemble() {
    return ensemble;
  }

  Progress progress() {
    return progress;
  }

  Variant variantFor(Model loaded) {
    return loaded.variant(variant, k);
  }

  PatchCount patchCountFor(Model loaded) {
    return k == null ? loaded.patches() : k;
  }

  /**
   * Loads the model and opens the device; at their first use together, runs the self-check that the
   * model file carries.
   *
   * @throws IllegalArgumentException if an option does not fit the model or the machine
   * @throws dev.loupe.weights.WeightsException if the model cannot be read
   * @throws dev.loupe.opencl.ClUnavailableException if there is no OpenCL; {@code device("java")}
   *     needs none
   * @throws SelfCheckException if the device computes something else than the model file says
   */
  public Upscaler build() {
    // The device opens while the model is read: each takes some 100 ms in a Java just started.
    CompletableFuture<Engine> opening = CompletableFuture.supplyAsync(engine);
    Model loaded;
    try {
      loaded = checkedModel();
    } catch (RuntimeException | Error e) {
      try {
        join(opening).close();
      } catch (RuntimeException | Error alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
    Engine opened = join(opening);
    opened.listen(progress);
    try {
      opened.require(precision);
      opened.require(memory);
      loaded.selfCheckOnFirstUse(opened);
      return new Upscaler(this, loaded, opened);
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  private Model checkedModel() {
    Model loaded = Model.load(modelName());
    if (scale != 0 && scale != loaded.metadata().scale()) {
      throw new IllegalArgumentException(
          "model %s upscales by %d, not by %d"
              .formatted(loaded.name(), loaded.metadata().scale(), scale));
    }
    variantFor(loaded);
    return loaded;
  }

  private static Engine join(CompletableFuture<Engine> opening) {
    try {
      return opening.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      } else if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** {@code fsrcnn} and a scale are {@code fsrcnn-x4}; so is a scale alone. */
  private String modelName() {
    if (scale == 0) {
      return model == null ? DEFAULT_MODEL : model;
    }
    String network = model == null ? DEFAULT_NETWORK : model;
    return network.matches("[a-z-]+") ? network + "-x" + scale : network;
  }
}
