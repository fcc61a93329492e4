package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;

/** A stretch of device memory: a buffer of its own, or a slice of one. */
public final class DeviceBuffer extends ClObject {
  private final long bytes;
  private final DeviceBuffer parent;

  DeviceBuffer(Context context, Object handle, long bytes, DeviceBuffer parent) {
    super(context, (parent == null ? "buffer" : "slice") + " of " + bytes + " bytes", handle);
    this.bytes = bytes;
    this.parent = parent;
  }

  /** Size in bytes. */
  public long bytes() {
    return bytes;
  }

  /** Whether this is a part of another buffer and owns no memory itself. */
  public boolean isSlice() {
    return parent != null;
  }

  /**
   * A part of this buffer, to be used like a buffer of its own and closed by the caller.
   *
   * @param offset first byte, a multiple of the device's {@code memory().baseAlign()}
   * @param length size in bytes, at least 1
   * @throws IllegalArgumentException if the part is not inside the buffer or not aligned
   */
  public DeviceBuffer slice(long offset, long length) {
    int align = context().device().memory().baseAlign();
    if (isSlice()) {
      throw new IllegalArgumentException("a slice of a slice is not possible; slice the buffer");
    }
    checkRange(offset, length);
    if (length < 1 || offset % align != 0) {
      throw new IllegalArgumentException(
          "a slice of %d bytes at %d is empty or not aligned to %d"
              .formatted(length, offset, align));
    }
    Object part = binding().createSubBuffer(handle(), offset, length);
    return context().own(new DeviceBuffer(context(), part, length, this));
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
