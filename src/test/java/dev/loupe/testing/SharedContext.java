package dev.loupe.testing;

import dev.loupe.opencl.ClUnavailableException;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.OpenCl;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** The contexts of this JVM, one a binding, open to its end: every test class shares them. */
public final class SharedContext {
  private static final Map<String, Context> CONTEXTS = new ConcurrentHashMap<>();

  private SharedContext() {}

  /** The context of a binding; the test is skipped where there is no device. */
  public static Context get(String binding) {
    return CONTEXTS.computeIfAbsent(binding, SharedContext::create);
  }

  private static Context create(String binding) {
    try {
      OpenCl openCl = OpenCl.load(binding);
      Assumptions.assumeFalse(openCl.devices().isEmpty(), "no OpenCL device on this machine");
      return Context.create(openCl.select(null));
    } catch (ClUnavailableException e) {
      return Assumptions.abort("no OpenCL on this machine: " + e.getMessage());
    }
  }
}
