package dev.loupe.guided;

/** A picture with a NaN or an infinity in it: it is never handed out. */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what produced it. */
  public NotFiniteException(String producer) {
    super(
        "the picture made by "
            + producer
            + " has a value that is not finite; try '-d java', and 'loupe doctor' for the device");
  }
}
