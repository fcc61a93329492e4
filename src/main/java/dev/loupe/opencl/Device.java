package dev.loupe.opencl;

import java.util.Locale;

/**
 * What Loupe knows of one OpenCL device.
 *
 * @param index place in {@link OpenCl#devices()}, from 0
 * @param id name that stays the same between runs: platform/device/place
 * @param name such as "NVIDIA H100 80GB HBM3"
 * @param vendor the maker as the driver names it
 * @param type class of the device
 * @param platform the driver that offers it
 * @param versions versions of driver and language
 * @param compute how it computes
 * @param memory what it holds
 * @param origin where the device was found; package-private knowledge
 */
public record Device(
    int index,
    String id,
    String name,
    String vendor,
    Type type,
    Platform platform,
    Versions versions,
    Compute compute,
    Memory memory,
    Origin origin) {

  /** The class of a device. */
  public enum Type {
    GPU,
    ACCELERATOR,
    CPU,
    OTHER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Versions of a device.
   *
   * @param driver version of the driver, any form
   * @param openCl such as "OpenCL 3.0 CUDA"
   */
  public record Versions(String driver, String openCl) {}

  /**
   * How a device computes.
   *
   * @param units compute units
   * @param clockMhz highest clock in MHz, 0 where unknown
   * @param maxWorkGroup most work-items in a group
   * @param maxWorkItems most work-items in a group for dimensions 0, 1 and 2
   * @param nativeFloatWidth floats in a vector of the instruction set
   * @param matrixUnits whether it multiplies matrices of halves and of TF32 by instructions that
   *     its compiler takes as PTX: NVIDIA's of compute capability 8.0 and later
   */
  public record Compute(
      int units,
      int clockMhz,
      long maxWorkGroup,
      WorkItems maxWorkItems,
      int nativeFloatWidth,
      boolean matrixUnits) {}

  /** Most work-items in a group along each dimension. */
  public record WorkItems(long x, long y, long z) {
    long get(int dimension) {
      return dimension == 0 ? x : dimension == 1 ? y : z;
    }
  }

  /**
   * What a device holds, in bytes.
   *
   * @param global all of its memory
   * @param maxAllocation the largest single buffer
   * @param local memory of a work-group
   * @param hostUnified whether host and device share one memory
   */
  public record Memory(long global, long maxAllocation, long local, boolean hostUnified) {}

  /** The binding and the handle behind a device. */
  record Origin(ClBinding binding, Object handle) {}

  /** Whether it offers OpenCL 1.2, which Loupe needs. */
  public boolean isSupported() {
    return !versions.openCl().startsWith("OpenCL 1.0")
        && !versions.openCl().startsWith("OpenCL 1.1");
  }

  /** Whether this is a GPU in the host's own memory. */
  public boolean isIntegrated() {
    return type == Type.GPU && memory.hostUnified();
  }

  /** Whether its memory is apart from the host's, so that transfers cross a bus. */
  public boolean hasOwnMemory() {
    return type != Type.CPU && !memory.hostUnified();
  }

  @Override
  public String toString() {
    return "%d: %s (%s, %s)".formatted(index, name, type, id);
  }
}
