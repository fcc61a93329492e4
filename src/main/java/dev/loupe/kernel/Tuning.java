package dev.loupe.kernel;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.Quirks;
import dev.loupe.tensor.Blocks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tile sizes of one device class, from {@code kernels/tuning.json}.
 *
 * @param deviceClass which row of the table this is
 * @param lanes elements that one vector holds: 1, 2, 4, 8 or 16
 * @param accumulators vectors of lanes that a convolution may hold in registers
 * @param workGroup most work-items that share rows; 1 on a CPU, where one item walks each row
 * @param reduceGroup most work-items that reduce together: sums, means, the top-K selection
 * @param patchBatch patches that go through Refine-Net together
 * @param winogradVectors vectors of tiles in a Winograd block, 0 where the device has no room for
 *     its scratch
 * @param bandPixels low-resolution pixels in a band that a frame runs in, so that what one operator
 *     writes the next finds in cache; 0 where whole frames are faster, as on a GPU
 * @param tile how convolutions use local memory; null where they do not, as on a CPU
 * @param matrix how they use matrix units; null where there are none
 */
public record Tuning(
    String deviceClass,
    int lanes,
    int accumulators,
    int workGroup,
    int reduceGroup,
    int patchBatch,
    int winogradVectors,
    int bandPixels,
    Tile tile,
    Matrix matrix) {
  /**
   * System property that forces a device class, such as gpu on a CPU; the environment variable
   * LOUPE_DEVICE_CLASS does the same.
   */
  public static final String CLASS_PROPERTY = "loupe.device.class";

  /** Beyond any sensible size, and small enough to be multiplied. */
  private static final int MOST = 1 << 20;

  private static final Set<String> MAY_BE_ZERO = Set.of("winogradVectors", "bandPixels");

  /** Floats in the widest load of a GPU: 16 bytes. */
  private static final int SHARED_VECTOR = 4;

  private static final int MAX_OC_BLOCK = 12;
  private static final int MAX_LANE_BLOCK = 6;

  /** Rows below which Winograd's tiles of 4 would be cut, however wide the frame is. */
  private static final int LEAST_BAND = 4;

  /** The block of outputs that one work-item holds: channels times vectors of lanes. */
  public record Block(int channels, int vectors) {}

  /**
   * The bounds of a tile of a convolution's output that one work-group computes.
   *
   * @param lanes lanes of the tile, each a work-item: a warp, so that its loads are one
   * @param rows most rows that a work-item holds
   * @param channels most output channels that a work-item holds
   * @param items most work-items in the group
   * @param resident work-items that a processor should hold at once, to hide latencies
   * @param localBytes local memory of a processor, which their groups share
   */
  public record Tile(int lanes, int rows, int channels, int items, int resident, int localBytes) {
    /** The local memory that a group of {@code groupItems} may take. */
    public int localBytes(int groupItems) {
      return localBytes / Blocks.count(resident, groupItems);
    }
  }

  /**
   * The bounds of what one work-group computes on matrix units.
   *
   * @param items most work-items in the group
   * @param accumulators sums that a work-item may hold in registers
   * @param localBytes local memory that a group may take
   */
  public record Matrix(int items, int accumulators, int localBytes) {}

  /**
   * What {@code loupe tune} found for {@code device}, else the row of the table for its class, or
   * for the class that {@link #CLASS_PROPERTY} forces.
   *
   * @throws IllegalArgumentException if the table has no such row
   */
  public static Tuning of(Device device) {
    Tuning row = untuned(device);
    return TuningNote.read(device, row).orElse(row);
  }

  /**
   * The row of the table for {@code device}, whatever {@code loupe tune} found, with groups no
   * larger than the device runs.
   */
  public static Tuning untuned(Device device) {
    Device.Compute compute = device.compute();
    long most = Math.min(compute.maxWorkGroup(), compute.maxWorkItems().x());
    return forClass(deviceClass(device)).withGroupsUpTo(Long.highestOneBit(Math.max(1, most)));
  }

  /** These tile sizes in groups of at most {@code items} work-items, a power of two. */
  public Tuning withGroupsUpTo(long items) {
    Tuning fitting = this;
    for (String name :
        List.of("workGroup", "reduceGroup", "tile.lanes", "tile.items", "matrix.items")) {
      Integer own = parameters().get(name);
      fitting = own == null || own <= items ? fitting : fitting.with(name, (int) items);
    }
    return fitting;
  }

  /**
   * The row of a device class.
   *
   * @throws IllegalArgumentException if the table has no such row
   */
  public static Tuning forClass(String deviceClass) {
    try (InputStream in = Tuning.class.getResourceAsStream("/kernels/tuning.json")) {
      Map<String, Object> table = JSON.std.mapFrom(in);
      if (!(table.get(deviceClass) instanceof Map<?, ?> row)) {
        throw new IllegalArgumentException(
            "there is no device class %s; take one of %s".formatted(deviceClass, table.keySet()));
      }
      Map<String, Integer> parameters = new LinkedHashMap<>();
      row.forEach((name, value) -> flatten(name.toString(), value, parameters));
      return of(deviceClass, parameters);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read kernels/tuning.json", e);
    }
  }

  /**
   * Elements of the vectors in which a kernel moves whole tensors. Where work-items share rows a
   * convolution's vector is one lane, but the fewer loads and work-items such a kernel takes, the
   * faster it is.
   */
  public int movedLanes() {
    return workGroup == 1 ? lanes : Math.max(lanes, SHARED_VECTOR);
  }

  /** These tile sizes with every convolution computed directly. */
  public Tuning withoutWinograd() {
    return with("winogradVectors", 0);
  }

  /**
   * Rows in the fastest bands of a frame of this size; 0 where it is fastest whole. In bands of 16
   * rows FSRCNN at 960x540 takes 0.90 to 0.96 of the time and PAN 0.94, but RFDN 1.24 (PoCL, 2
   * cores of Zen 4).
   */
  public int band(int height, int width) {
    int rows = bandPixels / width;
    return rows >= height ? 0 : Math.max(rows, Math.min(bandPixels, LEAST_BAND));
  }

  private static void flatten(String name, Object value, Map<String, Integer> parameters) {
    if (value instanceof Map<?, ?> inner) {
      inner.forEach((key, number) -> flatten(name + "." + key, number, parameters));
    } else {
      parameters.put(name, ((Number) value).intValue());
    }
  }

  private static Tuning of(String deviceClass, Map<String, Integer> p) {
    Tile tile =
        p.containsKey("tile.lanes")
            ? new Tile(
                p.get("tile.lanes"),
                p.get("tile.rows"),
                p.get("tile.channels"),
                p.get("tile.items"),
                p.get("tile.resident"),
                p.get("tile.localBytes"))
            : null;
    Matrix matrix =
        p.containsKey("matrix.items")
            ? new Matrix(
                p.get("matrix.items"), p.get("matrix.accumulators"), p.get("matrix.localBytes"))
            : null;
    return new Tuning(
        deviceClass,
        p.get("lanes"),
        p.get("accumulators"),
        p.get("workGroup"),
        p.get("reduceGroup"),
        p.get("patchBatch"),
        p.get("winogradVectors"),
        p.get("bandPixels"),
        tile,
        matrix);
  }

  /** The numbers by name, those of tile and matrix as {@code tile.rows}. */
  public Map<String, Integer> parameters() {
    Map<String, Integer> p = new LinkedHashMap<>();
    p.put("lanes", lanes);
    p.put("accumulators", accumulators);
    p.put("workGroup", workGroup);
    p.put("reduceGroup", reduceGroup);
    p.put("patchBatch", patchBatch);
    p.put("winogradVectors", winogradVectors);
    p.put("bandPixels", bandPixels);
    if (tile != null) {
      p.put("tile.lanes", tile.lanes());
      p.put("tile.rows", tile.rows());
      p.put("tile.channels", tile.channels());
      p.put("tile.items", tile.items());
      p.put("tile.resident", tile.resident());
      p.put("tile.localBytes", tile.localBytes());
    }
    if (matrix != null) {
      p.put("matrix.items", matrix.items());
      p.put("matrix.accumulators", matrix.accumulators());
      p.put("matrix.localBytes", matrix.localBytes());
    }
    return p;
  }

  /**
   * This with one number changed.
   *
   * @throws IllegalArgumentException if there is no such parameter or the value is no size
   */
  public Tuning with(String name, int value) {
    Map<String, Integer> p = parameters();
    if (!p.containsKey(name)) {
      throw new IllegalArgumentException(
          "device class %s has no parameter %s; it has %s"
              .formatted(deviceClass, name, p.keySet()));
    }
    boolean isLanes = name.equals("lanes");
    if (value < (MAY_BE_ZERO.contains(name) ? 0 : 1)
        || value > MOST
        || (isLanes && (value > 16 || Integer.bitCount(value) != 1))) {
      throw new IllegalArgumentException("%s cannot be %d".formatted(name, value));
    }
    p.put(name, value);
    return of(deviceClass, p);
  }

  private static String deviceClass(Device device) {
    String forced = System.getProperty(CLASS_PROPERTY, System.getenv("LOUPE_DEVICE_CLASS"));
    if (forced != null && !forced.isBlank()) {
      return forced;
    }
    if (device.type() != Device.Type.CPU || Quirks.cutsLoopsShort(device)) {
      return device.compute().matrixUnits() ? "gpu-matrix" : "gpu";
    }
    int width = device.compute().nativeFloatWidth();
    return width >= 16 ? "cpu-16" : width >= 8 ? "cpu-8" : "cpu-4";
  }

  /**
   * The block for a convolution of {@code channels} outputs: as few loads a multiply-add as the
   * registers allow, as few padded channels as possible.
   *
   * @param vectors vectors of lanes in a row: a block of more would compute what nobody reads,
   *     which took a third of PAN's time in training, where a row is a batch of 16
   */
  public Block block(int channels, int vectors) {
    Block best = null;
    double bestCost = Double.MAX_VALUE;
    for (int c = 1; c <= Math.min(channels, MAX_OC_BLOCK); c++) {
      for (int v = 1; v <= Math.min(vectors, MAX_LANE_BLOCK) && c * v <= accumulators; v++) {
        double padding = (double) Blocks.roundUp(channels, c) / channels;
        // A vector load straddles cache lines and costs half as much again as a broadcast scalar.
        double loads = (1.5 * v + c) / (c * v);
        double cost = padding * (1 + 0.35 * loads);
        if (cost < bestCost) {
          bestCost = cost;
          best = new Block(c, v);
        }
      }
    }
    return best == null ? new Block(1, 1) : best;
  }
}
