package dev.loupe.opencl;

/**
 * The device times of up to {@code capacity} launches. Times may be read once the queue has
 * finished; reset() makes room for the next frame. Reused for ever, it allocates nothing.
 */
public final class Profile extends ClObject {
  // CL/cl.h
  private static final int CL_PROFILING_COMMAND_START = 0x1282;
  private static final int CL_PROFILING_COMMAND_END = 0x1283;

  /** A device is busy for more than a hundredth of the time that the host waits for it. */
  private static final int LEAST_TOLD = 100;

  private final int capacity;
  private int size;

  Profile(Context context, Object handle, int capacity) {
    super(context, "profile of " + capacity + " launches", handle);
    this.capacity = capacity;
  }

  /**
   * Whether the device's clock tells anything: that of rusticl in Mesa 22 does not.
   *
   * @param nanos what it told
   * @param hostNanos how long the host waited for it
   */
  public static boolean isTold(long nanos, long hostNanos) {
    return nanos >= hostNanos / LEAST_TOLD;
  }

  /** Launches recorded since the last reset. */
  public int size() {
    return size;
  }

  /** When a launch began to run, nanoseconds of the device's clock. */
  public long startNanos(int slot) {
    return time(slot, CL_PROFILING_COMMAND_START);
  }

  /** When a launch was done, nanoseconds of the device's clock. */
  public long endNanos(int slot) {
    return time(slot, CL_PROFILING_COMMAND_END);
  }

  /** How long a launch ran, in nanoseconds. */
  public long nanos(int slot) {
    return endNanos(slot) - startNanos(slot);
  }

  private long time(int slot, int parameter) {
    if (slot < 0 || slot >= size) {
      throw new IndexOutOfBoundsException("launch %d of %d in %s".formatted(slot, size, this));
    }
    return binding().eventNanos(handle(), slot, parameter);
  }

  /** Forgets the recorded launches. */
  public void reset() {
    releaseEvents(handle());
  }

  int nextSlot() {
    if (size == capacity) {
      throw new IllegalStateException(this + " is full; reset it before the next frame");
    }
    return size;
  }

  void taken() {
    size++;
  }

  private void releaseEvents(Object events) {
    while (size > 0) {
      size--;
      binding().releaseEvent(events, size);
    }
  }

  @Override
  void release(Object released) {
    releaseEvents(released);
  }
}
