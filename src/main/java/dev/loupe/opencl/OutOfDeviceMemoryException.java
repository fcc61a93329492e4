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

  /** Whether the driver refused it, to which taking less helps; else a limit of Loupe's did. */
  public boolean isRefused() {
    return refused;
  }
}
