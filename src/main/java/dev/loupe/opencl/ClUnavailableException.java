package dev.loupe.opencl;

/** The news that this machine has no usable OpenCL: no binding, no loader, or no device. */
public final class ClUnavailableException extends ClException {
  private static final long serialVersionUID = 1L;

  ClUnavailableException(String message, Throwable cause) {
    super(message, ClStatus.SUCCESS, cause);
  }
}
