package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;

/** A program built for the context's device; its binary is cached when it is closed. */
public final class Program extends ClObject {
  private final ProgramBuild build;
  private final boolean keep;
  private volatile boolean used;

  /**
   * @param keep whether the binary goes to the cache once the program has been used
   */
  Program(Context context, ProgramBuild build, Object handle, boolean keep) {
    super(context, "program " + build.source().name(), handle);
    this.build = build;
    this.keep = keep;
  }

  /**
   * A new kernel object with no arguments set. Arguments stick to the object, so each prepared
   * launch takes its own.
   *
   * @throws ClException if the program has no kernel of that name
   */
  public Kernel kernel(String kernelName) {
    Object kernel = binding().createKernel(handle(), kernelName);
    used = true;
    return context().own(new Kernel(context(), kernelName, kernel));
  }

  @Override
  void release(Object released) {
    try {
      if (keep && used) {
        build.keep(released);
      }
    } finally {
      binding().release(Kind.PROGRAM, released);
    }
  }
}
