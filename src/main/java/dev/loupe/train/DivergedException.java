package dev.loupe.train;

/** The end of a training run whose loss or weights are no longer finite. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is not finite, and where. */
  public DivergedException(String message) {
    super(message);
  }

  /** The same, with what there is to go on from. */
  public DivergedException(String message, DivergedException cause) {
    super(message, cause);
  }
}
