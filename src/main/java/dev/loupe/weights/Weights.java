package dev.loupe.weights;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The weights of one model: finite named tensors and the description of the network they fit.
 *
 * <p>Names are the state_dict keys of the networks ({@code base.first.0.weight}), filters OIHW and
 * transposed filters IOHW. Immutable as long as nobody writes to the tensors' arrays.
 */
public final class Weights {
  private final String source;
  private final ModelMetadata metadata;
  private final Map<String, NamedTensor> tensors;
  private final Optional<SelfCheck> selfCheck;

  private Weights(
      String source,
      ModelMetadata metadata,
      Map<String, NamedTensor> tensors,
      Optional<SelfCheck> selfCheck) {
    this.source = source;
    this.selfCheck = selfCheck;
    this.metadata = metadata.variants().isEmpty() ? withVariants(metadata, tensors) : metadata;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Reads a model file.
   *
   * @throws WeightsException if it cannot be read, is no model, or holds NaN or infinity
   */
  public static Weights read(Path file) {
    return of(SafeTensors.read(file), "");
  }

  /**
   * Reads a model from a stream, such as a class path resource; the caller closes it.
   *
   * @param source what messages call the stream
   * @throws WeightsException as {@link #read(Path)}
   */
  public static Weights read(InputStream stream, String source) {
    return of(SafeTensors.read(stream, source), "");
  }

  /**
   * The tensors of a file whose names begin with {@code prefix}, named without it.
   *
   * @param prefix empty for a model file, {@code weights.} for a golden case
   * @throws WeightsException if the metadata is no model's, or a tensor holds NaN or infinity
   */
  public static Weights of(SafeTensors file, String prefix) {
    ModelMetadata metadata = ModelMetadata.parse(file.metadata(), file.source());
    List<NamedTensor> tensors = new ArrayList<>();
    for (String name : file.names()) {
      if (name.startsWith(prefix)) {
        tensors.add(file.tensor(name).renamed(name.substring(prefix.length())));
      }
    }
    return of(file.source(), metadata, tensors);
  }

  /**
   * Weights from tensors in memory, such as a trainer's or an importer's.
   *
   * @param source what messages call them
   * @throws WeightsException if two share a name, one holds NaN or infinity, or there is none
   */
  public static Weights of(String source, ModelMetadata metadata, Collection<NamedTensor> tensors) {
    Map<String, NamedTensor> byName = new TreeMap<>();
    Map<String, NamedTensor> checks = new TreeMap<>();
    for (NamedTensor tensor : tensors) {
      requireFinite(source, tensor);
      Map<String, NamedTensor> kind = tensor.name().startsWith(SelfCheck.PREFIX) ? checks : byName;
      if (kind.put(tensor.name(), tensor) != null) {
        throw new WeightsException("%s: two tensors are named %s".formatted(source, tensor.name()));
      }
    }
    if (byName.isEmpty()) {
      throw new WeightsException(source + ": holds no weights");
    }
    return new Weights(source, metadata, byName, SelfCheck.of(source, checks));
  }

  /** The same weights with a known result, in the place of any other. */
  public Weights withSelfCheck(SelfCheck check) {
    return new Weights(source, metadata, tensors, Optional.of(check));
  }

  /**
   * The weights as a file of {@code dtype} holds them, without a self-check.
   *
   * @throws WeightsException if one is beyond float16
   */
  public Weights rounded(Dtype dtype) {
    Map<String, NamedTensor> rounded = new TreeMap<>(tensors);
    if (dtype == Dtype.F16) {
      tensors.values().forEach(tensor -> tensor.requireFitsHalf(source));
      rounded.replaceAll((name, tensor) -> tensor.rounded());
    }
    return new Weights(source, metadata, rounded, Optional.empty());
  }

  /**
   * Writes a model file that {@link #read(Path)} reads back; a self-check is float32 always.
   *
   * @param dtype {@link Dtype#F32} or {@link Dtype#F16}
   * @throws WeightsException as {@link SafeTensorsWriter#write}
   */
  public void write(Path file, Dtype dtype) {
    List<NamedTensor> all = new ArrayList<>(tensors.values());
    selfCheck.ifPresent(check -> all.addAll(check.tensors()));
    SafeTensorsWriter.write(
        file,
        metadata.format(),
        all,
        tensor -> tensor.name().startsWith(SelfCheck.PREFIX) ? Dtype.F32 : dtype);
  }

  /** The known result that the file carries, if it does. */
  public Optional<SelfCheck> selfCheck() {
    return selfCheck;
  }

  /**
   * The SHA-256 of all that the weights are (description, tensors and self-check), 64 hexadecimal
   * digits: the same for equal contents in files of other names.
   */
  public String sha256() {
    MessageDigest hash;
    try {
      hash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    hash.update(metadata.format().toString().getBytes(StandardCharsets.UTF_8));
    List<NamedTensor> all = new ArrayList<>(tensors.values());
    selfCheck.ifPresent(check -> all.addAll(check.tensors()));
    for (NamedTensor tensor : all) {
      String head = tensor.name() + Arrays.toString(tensor.dims());
      hash.update(head.getBytes(StandardCharsets.UTF_8));
      ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(tensor.data().length, Float.BYTES));
      bytes.asFloatBuffer().put(tensor.data());
      hash.update(bytes);
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  /** What the model is; its variants are those that the tensors' names allow if none was stated. */
  public ModelMetadata metadata() {
    return metadata;
  }

  /** All names, sorted. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /** All tensors, sorted by name. */
  public Collection<NamedTensor> tensors() {
    return tensors.values();
  }

  /** Number of parameters in all tensors. */
  public long parameters() {
    return tensors.values().stream().mapToLong(t -> t.data().length).sum();
  }

  /**
   * The tensor of this name, whatever its shape.
   *
   * @throws WeightsException if there is none
   */
  public NamedTensor require(String name) {
    NamedTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new WeightsException(
          "%s: has no tensor %s, which network %s x%d needs"
              .formatted(source, name, metadata.network(), metadata.scale()));
    }
    return tensor;
  }

  /**
   * The tensor of this name and exactly this shape.
   *
   * @param dims the extents the network expects
   * @throws WeightsException if there is none, or its shape is another
   */
  public NamedTensor get(String name, int... dims) {
    NamedTensor tensor = require(name);
    if (!Arrays.equals(tensor.dims(), dims)) {
      throw new WeightsException(
          "%s: tensor %s has shape %s, expected %s"
              .formatted(source, name, Arrays.toString(tensor.dims()), Arrays.toString(dims)));
    }
    return tensor;
  }

  /**
   * Checks that every tensor was used, so that no part of a model is left out unseen.
   *
   * @param used the names that the network asked for
   * @throws WeightsException naming tensors that nobody asked for
   */
  public void requireAllUsed(Collection<String> used) {
    List<String> unused = names().stream().filter(n -> !used.contains(n)).toList();
    if (!unused.isEmpty()) {
      throw new WeightsException(
          "%s: network %s x%d has no use for %d of its tensors: %s"
              .formatted(
                  source,
                  metadata.network(),
                  metadata.scale(),
                  unused.size(),
                  WeightsException.few(unused)));
    }
  }

  private static ModelMetadata withVariants(
      ModelMetadata metadata, Map<String, NamedTensor> tensors) {
    boolean refine = tensors.keySet().stream().anyMatch(n -> n.startsWith("refine."));
    boolean mask = tensors.keySet().stream().anyMatch(n -> n.startsWith("mp."));
    List<Variant> variants = new ArrayList<>(List.of(Variant.BASE));
    if (refine) {
      variants.addAll(List.of(Variant.FULL, Variant.ALL));
    }
    if (refine && mask) {
      variants.add(Variant.MASK);
    }
    return metadata.withVariants(variants);
  }

  private static void requireFinite(String source, NamedTensor tensor) {
    float[] data = tensor.data();
    for (int i = 0; i < data.length; i++) {
      if (!Float.isFinite(data[i])) {
        throw new WeightsException(
            "%s: tensor %s holds %s at element %d, expected finite numbers"
                .formatted(source, tensor.name(), data[i], i));
      }
    }
  }
}
