package dev.loupe.image;

/**
 * The failure to read, write or hold a picture; its one-line message names the file and the fix.
 */
public final class ImageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with one line of text. */
  public ImageException(String message) {
    super(message);
  }

  /** An error with one line of text and what led to it. */
  public ImageException(String message, Throwable cause) {
    super(message, cause);
  }
}
