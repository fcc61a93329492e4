package dev.loupe.weights;

/**
 * A refusal of a weights file: one line naming the file, the tensor, what was expected and found.
 */
public final class WeightsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal with its one-line reason. */
  public WeightsException(String message) {
    super(oneLine(message));
  }

  /** A refusal with its one-line reason and what led to it. */
  public WeightsException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** Names come from files: a line break or an escape sequence in one must not reach a terminal. */
  private static String oneLine(String message) {
    return message.replaceAll("\\p{Cntrl}", "?");
  }
}
