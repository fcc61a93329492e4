package dev.loupe.guided;

/**
 * A listener that hears how far a frame is. It must not call the upscaler or its frames, which wait
 * for it; to stop, it throws.
 */
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

  /**
   * Called before the first frame, possibly by other threads, while programs are compiled that no
   * run before has left in the cache.
   *
   * @param done of {@code all} programs, from 0 on
   */
  default void compiling(int done, int all) {}

  /** Whether the device is to pause now and then, as what is enqueued cannot be called back. */
  default boolean wantsPauses() {
    return this != NONE;
  }

  /** The listener to a part of the frame, which hears it go from {@code from} to {@code to}. */
  default Progress part(double from, double to) {
    if (this == NONE) {
      return NONE;
    }
    Progress whole = this;
    return new Progress() {
      @Override
      public void at(double done) {
        whole.at((1 - done) * from + done * to);
      }

      @Override
      public boolean wantsPauses() {
        return whole.wantsPauses();
      }
    };
  }
}
