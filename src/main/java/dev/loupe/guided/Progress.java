package dev.loupe.guided;

/** A listener that hears how far a frame is. */
@FunctionalInterface
public interface Progress {
  /** Hears nothing and lets the device run without pause. */
  Progress NONE = done -> {};

  /**
   * Called now and then while a frame runs.
   *
   * @param done 0 to 1
   * @throws java.util.concurrent.CancellationException to cancel the frame
   */
  void at(double done);
}
