package dev.loupe;

/** A device that computes something else than a model file's self-check says. */
public final class SelfCheckException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * Says what is wrong and what helps.
   *
   * @param found how far the result is off
   */
  SelfCheckException(String model, String device, String found, Throwable cause) {
    super(
        "model %s fails its self-check on %s: %s; update the device's driver, take another device with -d, or '-d java'"
            .formatted(model, device, found),
        cause);
  }
}
