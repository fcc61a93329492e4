package dev.loupe.weights;

import dev.loupe.tensor.Half;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The allow-list of Python globals in a PyTorch checkpoint, and the Java values they stand for. */
final class TorchObjects implements PickleReader.Objects {
  /** A typed storage class of torch, and how one element becomes a float. */
  enum StorageType {
    FloatStorage(4) {
      @Override
      float get(ByteBuffer bytes, int index) {
        return bytes.getFloat(4 * index);
      }
    },
    DoubleStorage(8) {
      @Override
      float get(ByteBuffer bytes, int index) {
        return (float) bytes.getDouble(8 * index);
      }
    },
    HalfStorage(2) {
      @Override
      float get(ByteBuffer bytes, int index) {
        return Half.toFloat(bytes.getShort(2 * index));
      }
    },
    BFloat16Storage(2) {
      @Override
      float get(ByteBuffer bytes, int index) {
        return Float.intBitsToFloat(bytes.getShort(2 * index) << 16);
      }
    },
    LongStorage(8) {
      @Override
      float get(ByteBuffer bytes, int index) {
        return bytes.getLong(8 * index);
      }
    };

    private final int bytes;

    StorageType(int bytes) {
      this.bytes = bytes;
    }

    /** Bytes of one element. */
    int bytes() {
      return bytes;
    }

    /** Element {@code index} of little-endian bytes. */
    abstract float get(ByteBuffer bytes, int index);
  }

  private enum Function {
    ORDERED_DICT("collections", "OrderedDict"),
    REBUILD_TENSOR("torch._utils", "_rebuild_tensor_v2"),
    REBUILD_PARAMETER("torch._utils", "_rebuild_parameter");

    private final String module;
    private final String name;

    Function(String module, String name) {
      this.module = module;
      this.name = name;
    }
  }

  /**
   * A storage that tensors view.
   *
   * @param key names its bytes in the file
   * @param elements how many of the type it holds
   */
  record Storage(StorageType type, String key, long elements) {
    long bytes() {
      return elements * type.bytes();
    }
  }

  /**
   * A tensor as a strided view of a storage; element (i, j...) is at offset + i * strides[0] + j *
   * strides[1]...
   */
  record TensorView(Storage storage, long offset, List<Long> sizes, List<Long> strides) {
    long elements() {
      return sizes.stream().reduce(1L, (a, b) -> a * b);
    }
  }

  private final String source;
  private final Map<String, Storage> storages = new LinkedHashMap<>();

  TorchObjects(String source) {
    this.source = source;
  }

  /** Every storage that the pickles read so far refer to. */
  Collection<Storage> storages() {
    return Collections.unmodifiableCollection(storages.values());
  }

  /**
   * The storage of this key.
   *
   * @throws WeightsException if no pickle referred to it
   */
  Storage storage(Object key) {
    Storage storage = key instanceof String text ? storages.get(text) : null;
    if (storage == null) {
      throw new WeightsException(source + ": lists a storage that no tensor refers to");
    }
    return storage;
  }

  @Override
  public Object global(String module, String name) {
    for (Function function : Function.values()) {
      if (function.module.equals(module) && function.name.equals(name)) {
        return function;
      }
    }
    for (StorageType type : StorageType.values()) {
      if (module.equals("torch") && type.name().equals(name)) {
        return type;
      }
    }
    throw new WeightsException(
        "%s: refused: it wants the Python global %s.%s, which no tensor needs; save only the"
                .formatted(source, shortened(module), shortened(name))
            + " state_dict with torch.save");
  }

  @Override
  public Object call(Object callable, List<Object> arguments) {
    if (callable == Function.ORDERED_DICT && arguments.isEmpty()) {
      return new LinkedHashMap<>();
    }
    if (callable == Function.REBUILD_TENSOR && arguments.size() >= 4) {
      return view(arguments);
    }
    if (callable == Function.REBUILD_PARAMETER
        && !arguments.isEmpty()
        && arguments.get(0) instanceof TensorView view) {
      return view;
    }
    throw new WeightsException(
        "%s: refused: its pickle calls %s with %d arguments that do not fit"
            .formatted(
                source, callable instanceof Enum<?> known ? known : "a value", arguments.size()));
  }

  @Override
  public Object persistent(Object id) {
    // ('storage', type, key, location, elements), and in the legacy format a sixth: None or a view.
    if (id instanceof PickleReader.Tuple tuple
        && tuple.items().size() >= 5
        && "storage".equals(tuple.items().get(0))
        && tuple.items().get(1) instanceof StorageType type
        && tuple.items().get(2) instanceof String key
        && tuple.items().get(4) instanceof Long elements) {
      if (tuple.items().size() > 5 && tuple.items().get(5) != null) {
        throw new WeightsException(
            source + ": storages that view others (PyTorch below 0.4) are not read; save it anew");
      }
      if (elements < 0 || elements > Integer.MAX_VALUE / type.bytes()) {
        throw new WeightsException(
            "%s: storage %s holds %d elements, expected at most 2 GiB of them"
                .formatted(source, shortened(key), elements));
      }
      Storage storage = new Storage(type, key, elements);
      Storage before = storages.putIfAbsent(key, storage);
      if (before != null && !before.equals(storage)) {
        throw new WeightsException(
            "%s: storage %s has two types or sizes".formatted(source, shortened(key)));
      }
      return storage;
    }
    throw new WeightsException(source + ": refused: its pickle has a persistent id of no storage");
  }

  private TensorView view(List<Object> arguments) {
    if (!(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Long offset)
        || !(arguments.get(2) instanceof PickleReader.Tuple sizes)
        || !(arguments.get(3) instanceof PickleReader.Tuple strides)) {
      throw new WeightsException(
          source + ": refused: its pickle rebuilds a tensor from no storage");
    }
    TensorView view = new TensorView(storage, offset, longs(sizes), longs(strides));
    if (view.sizes().size() != view.strides().size() || view.sizes().size() > 4) {
      throw new WeightsException(
          "%s: a tensor has sizes %s and strides %s, expected as many of both and at most 4"
              .formatted(source, view.sizes(), view.strides()));
    }
    requireInside(view);
    return view;
  }

  private void requireInside(TensorView view) {
    long available = view.storage().elements();
    boolean isEmpty = view.sizes().contains(0L);
    long elements = 1;
    long last = view.offset();
    boolean isInside = last >= 0 && last <= available;
    // Sizes and strides are below 2^31 and both sums stop at their first step too far: no overflow.
    for (int d = 0; d < view.sizes().size() && isInside && !isEmpty; d++) {
      elements *= view.sizes().get(d);
      last += (view.sizes().get(d) - 1) * view.strides().get(d);
      isInside = last < available && elements <= Integer.MAX_VALUE / Float.BYTES;
    }
    if (!isInside || (!isEmpty && last >= available)) {
      throw new WeightsException(
          "%s: a tensor of sizes %s, strides %s and offset %d reaches beyond its storage of %d"
              .formatted(source, view.sizes(), view.strides(), view.offset(), available));
    }
  }

  private List<Long> longs(PickleReader.Tuple tuple) {
    List<Long> values = new ArrayList<>();
    for (Object item : tuple.items()) {
      if (!(item instanceof Long value) || value < 0 || value > Integer.MAX_VALUE) {
        throw new WeightsException(source + ": a tensor's sizes or strides are no counts");
      }
      values.add(value);
    }
    return values;
  }

  /** Text of a hostile file made short enough for a message. */
  static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }

  /** Copies a view's elements in row-major order, strides honoured. */
  static float[] elements(TensorView view, ByteBuffer bytes) {
    float[] data = new float[Math.toIntExact(view.elements())];
    int[] position = new int[view.sizes().size()];
    for (int i = 0; i < data.length; i++) {
      long at = view.offset();
      for (int d = 0; d < position.length; d++) {
        at += position[d] * view.strides().get(d);
      }
      data[i] = view.storage().type().get(bytes, (int) at);
      for (int d = position.length - 1; d >= 0 && ++position[d] == view.sizes().get(d); d--) {
        position[d] = 0;
      }
    }
    return data;
  }
}
