package dev.loupe.weights;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The tensors of a PyTorch checkpoint ({@code .pth}, {@code .pt}), read without Python and without
 * executing anything of it.
 *
 * <p>Both of torch.save's formats: the zip archive (PyTorch 1.6 on: {@code data.pkl} beside {@code
 * data/KEY} storages) and the legacy stream before it (pickles of magic number, protocol version,
 * system, object and storage keys, then each storage as its count and bytes).
 */
public final class TorchCheckpoint {
  private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long LEGACY_PROTOCOL = 1001;

  /** Where trainers keep a state_dict inside a larger dict; averaged weights come first. */
  private static final List<String> WRAPPERS =
      List.of("params_ema", "params", "state_dict", "model_state_dict", "model");

  private static final int MAX_WRAPPERS = 4;

  private final String source;
  private final List<NamedTensor> tensors;

  /** A pickled object and its storages' bytes, by key. */
  private record Contents(Object root, Map<String, ByteBuffer> storages) {}

  private TorchCheckpoint(String source, List<NamedTensor> tensors) {
    this.source = source;
    this.tensors = List.copyOf(tensors);
  }

  /**
   * Reads a checkpoint's state_dict; every element type becomes float.
   *
   * @throws WeightsException if the file is missing, truncated, hostile or no checkpoint
   */
  public static TorchCheckpoint read(Path file) {
    String source = file.toString();
    try {
      long size = Files.size(file);
      if (size > Integer.MAX_VALUE - 8) {
        throw new WeightsException("%s: %d bytes, expected at most 2 GiB".formatted(source, size));
      }
      byte[] head = head(file);
      boolean isZip = head.length == 4 && head[0] == 'P' && head[1] == 'K' && head[2] == 3;
      Contents contents =
          isZip
              ? readZip(file, size)
              : readLegacy(ByteBuffer.wrap(Files.readAllBytes(file)), source);
      return new TorchCheckpoint(source, tensors(contents, size, source));
    } catch (NoSuchFileException e) {
      throw new WeightsException(source + ": no such file", e);
    } catch (IOException | IllegalArgumentException e) {
      // ZipFile throws IllegalArgumentException for some malformed archives.
      throw new WeightsException("%s: cannot be read: %s".formatted(source, e.getMessage()), e);
    }
  }

  /** The file's name, as messages use it. */
  public String source() {
    return source;
  }

  /** The tensors of the state_dict in its order. */
  public List<NamedTensor> tensors() {
    return tensors;
  }

  private static byte[] head(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      return stream.readNBytes(4);
    }
  }

  private static Contents readLegacy(ByteBuffer file, String source) {
    TorchObjects objects = new TorchObjects(source);
    PickleReader pickles = new PickleReader(file, source, objects);
    // The magic number is a long of 10 bytes in protocol 2: anything else is no checkpoint at all.
    if (file.remaining() < 16 || file.get(0) != (byte) 0x80 || file.get(2) != (byte) 0x8a) {
      throw new WeightsException(source + ": not a PyTorch checkpoint");
    }
    if (!LEGACY_MAGIC.equals(pickles.read())) {
      throw new WeightsException(source + ": not a PyTorch checkpoint: wrong magic number");
    }
    Object protocol = pickles.read();
    if (!Long.valueOf(LEGACY_PROTOCOL).equals(protocol)) {
      throw new WeightsException(
          "%s: checkpoint protocol is not %d".formatted(source, LEGACY_PROTOCOL));
    }
    if (!(pickles.read() instanceof Map<?, ?> system)
        || !Boolean.TRUE.equals(system.get("little_endian"))) {
      throw new WeightsException(source + ": was not written on a little-endian machine");
    }
    Object root = pickles.read();
    if (!(pickles.read() instanceof List<?> keys)) {
      throw new WeightsException(source + ": has no list of storages");
    }
    Map<String, ByteBuffer> bytes = new HashMap<>();
    for (Object key : keys) {
      TorchObjects.Storage storage = objects.storage(key);
      if (file.remaining() < Long.BYTES) {
        throw new WeightsException(source + ": truncated before storage " + storage.key());
      }
      long elements = file.order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (elements != storage.elements() || storage.bytes() > file.remaining()) {
        throw new WeightsException(
            "%s: storage %s holds %d elements (%d bytes left in the file), expected %d (%d bytes)"
                .formatted(
                    source,
                    storage.key(),
                    elements,
                    file.remaining(),
                    storage.elements(),
                    storage.bytes()));
      }
      bytes.put(storage.key(), file.slice(file.position(), (int) storage.bytes()));
      file.position(file.position() + (int) storage.bytes());
    }
    return new Contents(root, bytes);
  }

  private static Contents readZip(Path file, long size) throws IOException {
    String source = file.toString();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String pickle =
          zip.stream()
              .map(ZipEntry::getName)
              .filter(n -> n.equals("data.pkl") || n.endsWith("/data.pkl"))
              .findFirst()
              .orElseThrow(
                  () ->
                      new WeightsException(
                          source + ": not a PyTorch checkpoint: the archive has no data.pkl"));
      String root = pickle.substring(0, pickle.length() - "data.pkl".length());
      if (zip.getEntry(root + "byteorder") != null) {
        String order = text(zipped(zip, root + "byteorder", size, source));
        if (!order.equals("little")) {
          throw new WeightsException(
              "%s: byte order is '%s', expected little"
                  .formatted(source, TorchObjects.shortened(order)));
        }
      }
      TorchObjects objects = new TorchObjects(source);
      Object object =
          new PickleReader(ByteBuffer.wrap(zipped(zip, pickle, size, source)), source, objects)
              .read();
      Map<String, ByteBuffer> bytes = new HashMap<>();
      long left = size;
      for (TorchObjects.Storage storage : objects.storages()) {
        byte[] data = zipped(zip, root + "data/" + storage.key(), left, source);
        left -= data.length;
        if (data.length != storage.bytes()) {
          throw new WeightsException(
              "%s: storage %s takes %d bytes, expected %d"
                  .formatted(source, storage.key(), data.length, storage.bytes()));
        }
        bytes.put(storage.key(), ByteBuffer.wrap(data));
      }
      return new Contents(object, bytes);
    }
  }

  /**
   * An entry's bytes. PyTorch stores them uncompressed, so a zip bomb is refused by two rules:
   * nothing is inflated, and all entries together are no larger than the file.
   */
  private static byte[] zipped(ZipFile zip, String name, long limit, String source)
      throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new WeightsException(
          "%s: the archive has no entry %s".formatted(source, TorchObjects.shortened(name)));
    }
    if (entry.getMethod() != ZipEntry.STORED || entry.getSize() > limit) {
      throw new WeightsException(
          "%s: refused: entry %s is compressed or larger than the file; torch.save does neither"
              .formatted(source, TorchObjects.shortened(name)));
    }
    try (InputStream stream = zip.getInputStream(entry)) {
      return stream.readNBytes((int) entry.getSize());
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static List<NamedTensor> tensors(Contents contents, long fileBytes, String source) {
    List<NamedTensor> tensors = new ArrayList<>();
    long elements = 0;
    for (Map.Entry<?, ?> entry : stateDict(contents.root(), source).entrySet()) {
      String name = String.valueOf(entry.getKey());
      if (!(entry.getValue() instanceof TorchObjects.TensorView view)) {
        throw new WeightsException(
            "%s: state_dict entry %s is no tensor; save only the state_dict"
                .formatted(source, name));
      }
      elements += view.elements();
      // Views share storages: a small file could ask for endless copies. Real ones never come near.
      if (elements > fileBytes) {
        throw new WeightsException(
            "%s: refused: its tensors unfold to more elements than the file has bytes"
                .formatted(source));
      }
      ByteBuffer bytes = contents.storages().get(view.storage().key());
      if (bytes == null) {
        throw new WeightsException(
            "%s: tensor %s wants storage %s, which the file does not hold"
                .formatted(source, name, TorchObjects.shortened(view.storage().key())));
      }
      int[] dims = view.sizes().stream().mapToInt(Math::toIntExact).toArray();
      float[] data = TorchObjects.elements(view, bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN));
      tensors.add(new NamedTensor(name, dims, data));
    }
    if (tensors.isEmpty()) {
      throw new WeightsException(source + ": holds no tensors");
    }
    return tensors;
  }

  /** Unwraps the dicts that trainers put around a state_dict, and DataParallel's name prefix. */
  private static Map<?, ?> stateDict(Object root, String source) {
    Object object = root;
    for (int depth = 0; depth <= MAX_WRAPPERS; depth++) {
      if (!(object instanceof Map<?, ?> map)) {
        throw new WeightsException(source + ": holds no state_dict (a dict of tensors)");
      }
      String wrapper =
          WRAPPERS.stream().filter(w -> map.get(w) instanceof Map<?, ?>).findFirst().orElse(null);
      if (wrapper == null) {
        return withoutPrefix(map);
      }
      object = map.get(wrapper);
    }
    throw new WeightsException(
        "%s: its state_dict lies deeper than %d dicts".formatted(source, MAX_WRAPPERS));
  }

  private static Map<?, ?> withoutPrefix(Map<?, ?> map) {
    String prefix = "module.";
    if (!map.keySet().stream().allMatch(k -> k instanceof String s && s.startsWith(prefix))) {
      return map;
    }
    Map<String, Object> shorter = new LinkedHashMap<>();
    map.forEach((key, value) -> shorter.put(((String) key).substring(prefix.length()), value));
    return shorter;
  }
}
