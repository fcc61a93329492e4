package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;

/** A stretch of device memory. */
public final class DeviceBuffer extends ClObject {
  private final long bytes;

  DeviceBuffer(Context context, Object handle, long bytes) {
    super(context, "buffer of " + bytes + " bytes", handle);
    this.bytes = bytes;
  }

  /** Size in bytes. */
  public long bytes() {
    return bytes;
  }

  /**
   * Passes when {@code [offset, offset + length)} lies inside.
   *
   * @throws IllegalArgumentException if not
   */
  void checkRange(long offset, long length) {
    if (offset < 0 || length < 0 || offset > bytes - length) {
      throw new IllegalArgumentException(
          "%d bytes at offset %d are outside the %s".formatted(length, offset, this));
    }
  }

  @Override
  void release(Object released) {
    binding().release(Kind.BUFFER, released);
  }
}
