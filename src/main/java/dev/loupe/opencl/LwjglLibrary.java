package dev.loupe.opencl;

import java.io.OutputStream;
import java.io.PrintStream;
import org.lwjgl.opencl.CL;
import org.lwjgl.system.Configuration;

/** The machine's OpenCL library, which LWJGL loads once per process. */
final class LwjglLibrary {
  /** System property with the name or path of the library, where the usual ones fail. */
  static final String PROPERTY = "loupe.opencl.library";

  /**
   * The name that a runtime installs on Linux; LWJGL's own default there, {@code libOpenCL.so},
   * comes with the developer's files alone.
   */
  private static final String LINUX_NAME = "libOpenCL.so.1";

  private LwjglLibrary() {}

  /**
   * Loads the library; LWJGL's advice on stderr is held back, the error says it all.
   *
   * @throws UnsatisfiedLinkError if there is none
   */
  static synchronized void load() {
    Configuration.OPENCL_EXPLICIT_INIT.set(true);
    // Else LWJGL hashes its own native library at every start, which takes 15 ms.
    Configuration.DISABLE_HASH_CHECKS.set(true);
    String named = System.getProperty(PROPERTY);
    if (named != null) {
      Configuration.OPENCL_LIBRARY_NAME.set(named);
    }
    Object stream = Configuration.DEBUG_STREAM.get();
    Configuration.DEBUG_STREAM.set(new PrintStream(OutputStream.nullOutputStream(), false));
    try {
      create();
    } catch (IllegalStateException e) {
      CL.getICD(); // Loaded before, perhaps by the caller's own code; throws where it is not.
    } finally {
      Configuration.DEBUG_STREAM.set(stream);
    }
  }

  private static void create() {
    boolean isLinux = System.getProperty("os.name").equals("Linux");
    if (isLinux && Configuration.OPENCL_LIBRARY_NAME.get() == null) {
      try {
        CL.create(LINUX_NAME);
        return;
      } catch (UnsatisfiedLinkError e) {
        // Then by LWJGL's default.
      }
    }
    CL.create();
  }
}
