package dev.loupe.opencl;

import dev.loupe.opencl.Device.WorkItems;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A kernel with its arguments and its range, checked against the device and ready to be enqueued
 * any number of times. It owns the kernel.
 */
public final class Launch extends ClObject {
  private final Kernel kernel;
  private final NdRange range;
  private final Map<NdRange, Object> ranges = new HashMap<>();

  private Launch(Kernel kernel, NdRange range) {
    super(
        kernel.context(),
        "launch of " + kernel.name(),
        kernel.binding().range(range.globalExtents(), range.localExtents()));
    this.kernel = kernel;
    this.range = range;
  }

  /**
   * A launch of a kernel whose arguments are all set.
   *
   * @throws IllegalArgumentException if an argument is missing or the device cannot run the range
   */
  static Launch of(Kernel kernel, NdRange range) {
    kernel.argumentsSoFar().requireComplete();
    check(kernel, range);
    return kernel.context().own(new Launch(kernel, range));
  }

  private static void check(Kernel kernel, NdRange range) {
    Device device = kernel.context().device();
    long localBytes = kernel.localBytes();
    require(
        localBytes <= device.memory().local(),
        kernel,
        "local memory of %d bytes is beyond the device's %d",
        localBytes,
        device.memory().local());
    checkRequired(kernel, range);
    if (range.local().isEmpty()) {
      return;
    }
    WorkItems most = device.compute().maxWorkItems();
    long items = 1;
    for (int i = 0; i < range.local().size(); i++) {
      long global = range.global().get(i);
      long local = range.local().get(i);
      require(global % local == 0, kernel, "global %d is not divisible by local %d", global, local);
      require(
          local <= most.get(i),
          kernel,
          "local %d is beyond the device's %d in dimension " + i,
          local,
          most.get(i));
      items *= local;
    }
    long limit = kernel.workGroupLimit();
    require(items <= limit, kernel, "a group of %d is beyond the kernel's %d", items, limit);
  }

  private static void checkRequired(Kernel kernel, NdRange range) {
    long[] required = kernel.requiredLocal();
    if (required[0] == 0) {
      return;
    }
    List<Long> local = range.local();
    for (int i = 0; i < 3; i++) {
      long given = i < local.size() ? local.get(i) : local.isEmpty() ? 0 : 1;
      require(
          given == required[i],
          kernel,
          "local %d is not the %d that reqd_work_group_size demands in dimension " + i,
          given,
          required[i]);
    }
  }

  private static void require(
      boolean holds, Kernel kernel, String message, long actual, long limit) {
    if (!holds) {
      throw new IllegalArgumentException(
          "kernel " + kernel.name() + ": " + message.formatted(actual, limit));
    }
  }

  /** Name of the kernel function. */
  public String name() {
    return kernel.name();
  }

  /** The work-items. */
  public NdRange range() {
    return range;
  }

  /** All of this launch, for a list of parts. */
  public LaunchPart whole() {
    return new LaunchPart(this, handle());
  }

  /**
   * This launch over another range.
   *
   * @throws IllegalArgumentException if the device cannot run the range
   */
  public LaunchPart part(NdRange other) {
    Object handle =
        ranges.computeIfAbsent(
            other,
            r -> {
              check(kernel, r);
              return binding().range(r.globalExtents(), r.localExtents());
            });
    return new LaunchPart(this, handle);
  }

  Object kernelHandle() {
    return kernel.handle();
  }

  void checkArguments() {
    kernel.argumentsSoFar().requireComplete();
    kernel.argumentsSoFar().requireOpenBuffers();
  }

  @Override
  void release(Object released) {
    kernel.close();
  }
}
