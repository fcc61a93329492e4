package dev.loupe.kernel;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.loupe.opencl.Device;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * The tile sizes of one device class, from {@code kernels/tuning.json}.
 *
 * @param deviceClass which row of the table this is
 * @param lanes elements that one vector holds: 1, 2, 4, 8 or 16
 * @param accumulators vectors of lanes that a convolution may hold in registers
 * @param workGroup work-items that share a row of a frame; 1 on a CPU, where one item walks the row
 * @param selectGroup work-items that run the top-K selection together
 * @param patchBatch patches that go through Refine-Net together
 * @param winogradVectors vectors of tiles in a Winograd block, 0 where the device has no room for
 *     its scratch
 * @param tile how convolutions use local memory; null where they do not, as on a CPU
 */
public record Tuning(
    String deviceClass,
    int lanes,
    int accumulators,
    int workGroup,
    int selectGroup,
    int patchBatch,
    int winogradVectors,
    Tile tile) {
  /**
   * System property that forces a device class, such as gpu on a CPU; the environment variable
   * LOUPE_DEVICE_CLASS does the same.
   */
  public static final String CLASS_PROPERTY = "loupe.device.class";

  private static final int MAX_OC_BLOCK = 12;
  private static final int MAX_LANE_BLOCK = 6;

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
      return localBytes / ((resident + groupItems - 1) / groupItems);
    }
  }

  /**
   * The row of the table for {@code device}, or for the class that {@link #CLASS_PROPERTY} forces.
   *
   * @throws IllegalArgumentException if the table has no such row
   */
  public static Tuning of(Device device) {
    return forClass(deviceClass(device));
  }

  /**
   * The row of a device class.
   *
   * @throws IllegalArgumentException if the table has no such row
   */
  public static Tuning forClass(String deviceClass) {
    try (InputStream in = Tuning.class.getResourceAsStream("/kernels/tuning.json")) {
      Map<String, Object> table = JSON.std.mapFrom(in);
      if (!(table.get(deviceClass) instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException(
            "there is no device class %s; take one of %s".formatted(deviceClass, table.keySet()));
      }
      return new Tuning(
          deviceClass,
          number(map, "lanes"),
          number(map, "accumulators"),
          number(map, "workGroup"),
          number(map, "selectGroup"),
          number(map, "patchBatch"),
          number(map, "winogradVectors"),
          tile(map.get("tile")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read kernels/tuning.json", e);
    }
  }

  /** These tile sizes with every convolution computed directly. */
  public Tuning withoutWinograd() {
    return new Tuning(
        deviceClass, lanes, accumulators, workGroup, selectGroup, patchBatch, 0, tile);
  }

  private static Tile tile(Object value) {
    return value instanceof Map<?, ?> map
        ? new Tile(
            number(map, "lanes"),
            number(map, "rows"),
            number(map, "channels"),
            number(map, "items"),
            number(map, "resident"),
            number(map, "localBytes"))
        : null;
  }

  private static int number(Map<?, ?> row, String name) {
    return ((Number) row.get(name)).intValue();
  }

  private static String deviceClass(Device device) {
    String forced = System.getProperty(CLASS_PROPERTY, System.getenv("LOUPE_DEVICE_CLASS"));
    if (forced != null && !forced.isBlank()) {
      return forced;
    }
    if (device.type() != Device.Type.CPU) {
      return "gpu";
    }
    int width = device.compute().nativeFloatWidth();
    return width >= 16 ? "cpu-16" : width >= 8 ? "cpu-8" : "cpu-4";
  }

  /**
   * The block for a convolution of {@code channels} outputs, {@code copies} accumulators each: as
   * few loads a multiply-add as the registers allow, as few padded channels as possible.
   */
  public Block block(int channels, int copies) {
    Block best = null;
    double bestCost = Double.MAX_VALUE;
    for (int c = 1; c <= Math.min(channels, MAX_OC_BLOCK); c++) {
      for (int v = 1; v <= MAX_LANE_BLOCK && c * v * copies <= accumulators; v++) {
        double padding = (double) ((channels + c - 1) / c * c) / channels;
        // A vector load straddles cache lines and costs half as much again as a broadcast scalar.
        double loads = (1.5 * v + c * copies) / (c * v * copies);
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
