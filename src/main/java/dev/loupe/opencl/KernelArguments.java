package dev.loupe.opencl;

/**
 * The arguments of one kernel, set in order and by type. Each call sets the next one; the count is
 * checked against the kernel's own, a missing one when the launch is made.
 */
public final class KernelArguments {
  private final Kernel kernel;
  private final int count;
  private final DeviceBuffer[] buffers;
  private int next;

  KernelArguments(Kernel kernel, int count) {
    this.kernel = kernel;
    this.count = count;
    this.buffers = new DeviceBuffer[count];
  }

  KernelArguments restart() {
    next = 0;
    return this;
  }

  /** Sets a {@code global} or {@code constant} pointer. */
  public KernelArguments buffer(DeviceBuffer buffer) {
    int index = claim("buffer");
    kernel.binding().setBuffer(kernel.handle(), index, buffer.handle());
    buffers[index] = buffer;
    return this;
  }

  /** Sets an {@code int} or {@code uint}. */
  public KernelArguments int32(int value) {
    kernel.binding().setInt(kernel.handle(), claim("int32"), value);
    return this;
  }

  /** Sets a {@code long} or {@code ulong}. */
  public KernelArguments int64(long value) {
    kernel.binding().setLong(kernel.handle(), claim("int64"), value);
    return this;
  }

  /** Sets a {@code float}. */
  public KernelArguments float32(float value) {
    int bits = Float.floatToRawIntBits(value);
    kernel.binding().setInt(kernel.handle(), claim("float32"), bits);
    return this;
  }

  /** How many are set so far: the place of the next one. */
  public int set() {
    return next;
  }

  private int claim(String type) {
    if (next >= count) {
      throw new IllegalArgumentException(
          "kernel %s takes %d arguments; argument %d (%s) is too many"
              .formatted(kernel.name(), count, next + 1, type));
    }
    return next++;
  }

  void requireComplete() {
    if (next != count) {
      throw new IllegalArgumentException(
          "kernel %s takes %d arguments; %d are set".formatted(kernel.name(), count, next));
    }
  }

  /** Fails loudly where a buffer was closed after it was set; the driver would not notice. */
  void requireOpenBuffers() {
    for (DeviceBuffer buffer : buffers) {
      if (buffer != null) {
        buffer.handle();
      }
    }
  }
}
