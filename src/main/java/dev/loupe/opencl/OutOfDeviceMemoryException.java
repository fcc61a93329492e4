package dev.loupe.opencl;

/** A request for more memory or resources than the device has; a smaller frame or tile may fit. */
public final class OutOfDeviceMemoryException extends ClException {
  private static final long serialVersionUID = 1L;

  private final boolean refused;

  OutOfDeviceMemoryException(String call, int code) {
    super(call, code);
    refused = true;
  }

  /** Says what does not fit. */
  public OutOfDeviceMemoryException(String message) {
    super(message, ClStatus.INVALID_BUFFER_SIZE, null);
    refused = false;
  }

  /** Whether a call of the driver failed, which less memory may help; else no call was made. */
  public boolean isRefused() {
    return refused;
  }
}
