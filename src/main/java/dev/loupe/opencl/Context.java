package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The owner of everything made on one device: buffers, queues, programs, kernels and launches. Its
 * close() also closes what is still open. Making and closing objects is safe from several threads;
 * a queue, kernel or launch belongs to one thread at a time.
 */
public final class Context implements AutoCloseable {
  /** System property: "true" makes close() log what its owner forgot, and where it was made. */
  public static final String LEAK_CHECK_PROPERTY = "loupe.leakcheck";

  private static final Logger LOG = LoggerFactory.getLogger(Context.class);
  private static final boolean LEAK_CHECK = Boolean.getBoolean(LEAK_CHECK_PROPERTY);

  private final ClBinding binding;
  private final Device device;
  private final ProgramCache cache;

  /** What is open, with the place where it was made under the leak check. */
  private final Map<ClObject, Optional<Throwable>> open = new ConcurrentHashMap<>();

  private final AtomicLong allocated = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private volatile Object handle;

  private Context(Device device, Object handle, ProgramCache cache) {
    this.binding = device.origin().binding();
    this.device = device;
    this.handle = handle;
    this.cache = cache;
  }

  /**
   * A new context, with program binaries cached in the standard directory.
   *
   * @throws ClUnavailableException if the device is older than OpenCL 1.2
   */
  public static Context create(Device device) {
    return create(device, ProgramCache.standard());
  }

  /**
   * A new context.
   *
   * @param cache where program binaries are kept, or {@link ProgramCache#none()}
   * @throws ClUnavailableException if the device is older than OpenCL 1.2
   */
  public static Context create(Device device, ProgramCache cache) {
    requireVersion(device);
    Device.Origin origin = device.origin();
    Quirks.advice(device).ifPresent(LOG::warn);
    return new Context(device, origin.binding().createContext(origin.handle()), cache);
  }

  /**
   * Loupe's view of a context that the caller made; it is retained here and released by close().
   *
   * @param openCl loaded with the caller's binding
   * @param nativeContext a {@code Long} for LWJGL, a {@code cl_context} for JOCL
   * @param nativeDevice a device of that context: a {@code Long} or a {@code cl_device_id}
   * @throws IllegalArgumentException if the device is none of {@link OpenCl#devices()}, or the
   *     context is of another type
   * @throws ClUnavailableException if the device is older than OpenCL 1.2
   */
  public static Context adopt(OpenCl openCl, Object nativeContext, Object nativeDevice) {
    Device device =
        openCl.devices().stream()
            .filter(d -> d.origin().handle().equals(nativeDevice))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "device handle %s is not known to the binding %s"
                            .formatted(nativeDevice, openCl.bindingName())));
    requireVersion(device);
    Objects.requireNonNull(nativeContext, "nativeContext");
    try {
      device.origin().binding().retainContext(nativeContext);
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(
          "context handle %s is none of the binding %s"
              .formatted(nativeContext, openCl.bindingName()),
          e);
    }
    return new Context(device, nativeContext, ProgramCache.standard());
  }

  private static void requireVersion(Device device) {
    if (!device.isSupported()) {
      throw new ClUnavailableException(
          "Loupe needs OpenCL 1.2; device %s offers \"%s\"."
              .formatted(device.name(), device.versions().openCl()),
          null);
    }
  }

  /** The device everything here lives on. */
  public Device device() {
    return device;
  }

  /**
   * A new buffer with undefined contents.
   *
   * @param bytes size, at least 1
   * @throws OutOfDeviceMemoryException if the device cannot hold it
   */
  public DeviceBuffer allocate(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes has no content");
    }
    long most = device.memory().maxAllocation();
    if (bytes > most) {
      throw new OutOfDeviceMemoryException(
          "a buffer of %d bytes is beyond the %d bytes that %s allocates at once"
              .formatted(bytes, most, device.name()));
    }
    Object buffer = binding.createBuffer(handle(), bytes);
    peak.accumulateAndGet(allocated.addAndGet(bytes), Math::max);
    return own(new DeviceBuffer(this, buffer, bytes));
  }

  /**
   * A program built for this device, from the cache where it holds the binary.
   *
   * @throws BuildException if it does not compile
   */
  public Program build(ProgramSource source) {
    return own(new ProgramBuild(this, cache, source).run());
  }

  /** Whether there is a cache, and it has no entry for {@link #build} to find. */
  public boolean isMissing(ProgramSource source) {
    return cache.isEnabled() && !new ProgramBuild(this, cache, source).isCached();
  }

  /**
   * Compiles programs to the cache on all processors, for {@link #build} to take them from there;
   * does nothing where the cache keeps nothing. One that does not compile is left to {@link #build}
   * to report.
   *
   * @param listener hears of each that is done; called by one thread at a time
   */
  public void compile(List<ProgramSource> sources, BuildListener listener) {
    if (cache.isWritable()) {
      new Compilation(this, cache.directory(), sources, listener).run();
    }
  }

  /** Compiles a program to the cache, in this thread. */
  void compile(ProgramSource source) {
    new ProgramBuild(this, cache, source).compile();
  }

  /** A new in-order queue with profiling. */
  public CommandQueue queue() {
    Object queue = binding.createQueue(handle(), device.origin().handle());
    return own(new CommandQueue(this, queue));
  }

  /**
   * Room for the device times of some launches.
   *
   * @param capacity most launches between two resets, at least 1
   */
  public Profile profile(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a profile of " + capacity + " launches holds nothing");
    }
    return own(new Profile(this, binding.events(capacity), capacity));
  }

  /** The most bytes of buffers that were open at one time. */
  public long peakBytes() {
    return peak.get();
  }

  /** What is still open, one line each; empty when every owner has closed its objects. */
  public List<String> openObjects() {
    return open.keySet().stream().map(ClObject::toString).sorted().toList();
  }

  ClBinding binding() {
    return binding;
  }

  Object handle() {
    Object current = handle;
    if (current == null) {
      throw new IllegalStateException(
          "context on " + device.name() + " is used after it was closed");
    }
    return current;
  }

  <T extends ClObject> T own(T object) {
    open.put(object, LEAK_CHECK ? Optional.of(new Throwable("made here")) : Optional.empty());
    return object;
  }

  void forget(ClObject object) {
    open.remove(object);
    if (object instanceof DeviceBuffer buffer) {
      allocated.addAndGet(-buffer.bytes());
    }
  }

  /** Closes what is still open, then the context; does nothing when called again, never throws. */
  @Override
  public void close() {
    Object released;
    synchronized (this) {
      released = handle;
      handle = null;
    }
    if (released == null) {
      return;
    }
    open.forEach(
        (object, origin) -> {
          origin.ifPresent(o -> LOG.error("{} was not closed before its context", object, o));
          object.close();
        });
    try {
      binding.release(Kind.CONTEXT, released);
    } catch (ClException e) {
      LOG.warn("context on {} was not released: {}", device.name(), e.getMessage());
    }
  }
}
