package dev.loupe.opencl;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * The entry to OpenCL on this machine: a loaded binding and its devices. Safe for use by several
 * threads.
 */
public final class OpenCl {
  /** System property that names the binding where the caller does not: lwjgl or jocl. */
  public static final String BINDING_PROPERTY = "loupe.binding";

  private final ClBinding binding;
  private final DeviceReader found;

  private OpenCl(ClBinding binding) {
    this.binding = binding;
    this.found = new DeviceReader(binding);
  }

  /**
   * Loads a binding and lists the devices, for one thread at a time: PoCL 3.1 takes the JVM down
   * when two are the first to ask for its devices.
   *
   * @param bindingOrNull "lwjgl" or "jocl"; null takes the property {@link #BINDING_PROPERTY}, else
   *     what is on the class path, LWJGL first
   * @throws IllegalArgumentException for another name
   * @throws ClUnavailableException if the binding or the OpenCL loader is missing
   */
  public static synchronized OpenCl load(String bindingOrNull) {
    String name = bindingOrNull != null ? bindingOrNull : System.getProperty(BINDING_PROPERTY);
    if (name == null || name.isBlank()) {
      name = isPresent("org.lwjgl.opencl.CL") || !isPresent("org.jocl.CL") ? "lwjgl" : "jocl";
    }
    // The lambdas keep each binding's classes unloaded until it is asked for.
    return switch (name.trim().toLowerCase(Locale.ROOT)) {
      case "lwjgl" -> new OpenCl(open("LWJGL", () -> new LwjglBinding()));
      case "jocl" -> new OpenCl(open("JOCL", () -> new JoclBinding()));
      default ->
          throw new IllegalArgumentException(
              "no binding is called \"%s\"; the bindings are lwjgl and jocl".formatted(name));
    };
  }

  /** OpenCL on a given null device, whose counters the caller keeps in sight. */
  public static OpenCl of(NullBinding nothing) {
    return new OpenCl(nothing);
  }

  private static ClBinding open(String name, Supplier<ClBinding> opener) {
    try {
      return opener.get();
    } catch (NoClassDefFoundError e) {
      throw new ClUnavailableException(
          "%s is not on the class path (%s).".formatted(name, e.getMessage()), e);
    } catch (LinkageError | ClException e) {
      throw new ClUnavailableException(
          ("OpenCL could not be loaded through %s: no OpenCL library was found, or not the binding's"
                  + " own: %s (Debian and Ubuntu: apt install ocl-icd-libopencl1 pocl-opencl-icd).")
              .formatted(name, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  private static boolean isPresent(String className) {
    try {
      Class.forName(className, false, OpenCl.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Name of the binding in use: lwjgl, jocl or null. */
  public String bindingName() {
    return binding.name();
  }

  /** All platforms, in the loader's order. */
  public List<Platform> platforms() {
    return found.platforms();
  }

  /** All devices of all platforms, in the loader's order; empty if there are none. */
  public List<Device> devices() {
    return found.devices();
  }

  /** Platforms that do not work, a line each. */
  public List<String> problems() {
    return found.problems();
  }

  /**
   * Picks a device.
   *
   * @param choice null or "auto" (discrete GPU, integrated GPU, CPU, accelerator; the larger
   *     first), an index ("0"), an id, a type ("cpu", "gpu", "accelerator") or a part of the name
   * @throws ClUnavailableException if there is no device at all
   * @throws IllegalArgumentException if none matches; the message lists the devices
   */
  public Device select(String choice) {
    return DeviceChoice.select(devices(), choice);
  }
}
