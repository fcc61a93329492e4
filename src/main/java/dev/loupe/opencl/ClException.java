package dev.loupe.opencl;

/** An error that an OpenCL call returned: the call, the status name and the code. */
public class ClException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * @param call name of the call, with what it was called for where that helps
   * @param code OpenCL status code, negative
   */
  public ClException(String call, int code) {
    super("%s failed: %s (%d)".formatted(call, ClStatus.name(code), code));
    this.code = code;
  }

  ClException(String message, int code, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The OpenCL status code; 0 where no call was made. */
  public int code() {
    return code;
  }
}
