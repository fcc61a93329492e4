package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;

/** A program built for the context's device. */
public final class Program extends ClObject {
  private final String name;

  Program(Context context, String name, Object handle) {
    super(context, "program " + name, handle);
    this.name = name;
  }

  /** The name given to {@link Context#build}. */
  public String name() {
    return name;
  }

  /**
   * A new kernel object with no arguments set. Arguments stick to the object, so each prepared
   * launch takes its own.
   *
   * @throws ClException if the program has no kernel of that name
   */
  public Kernel kernel(String kernelName) {
    return context()
        .own(new Kernel(context(), kernelName, binding().createKernel(handle(), kernelName)));
  }

  @Override
  void release(Object released) {
    binding().release(Kind.PROGRAM, released);
  }
}
