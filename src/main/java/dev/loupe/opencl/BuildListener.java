package dev.loupe.opencl;

/** A listener that hears how far a compilation is. */
@FunctionalInterface
public interface BuildListener {
  /** Hears nothing. */
  BuildListener NONE = (done, all) -> {};

  /** Called when {@code done} of {@code all} programs are compiled, from 0 on. */
  void built(int done, int all);
}
