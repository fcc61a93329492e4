package dev.loupe;

import dev.loupe.guided.DeviceFrames;
import dev.loupe.guided.EnsembleFrameRunner;
import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.MemoryLimit;
import dev.loupe.guided.Progress;
import dev.loupe.guided.ReferenceFrameRunner;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.op.Precision;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.HostMemory;
import dev.loupe.opencl.OpenCl;
import java.util.Optional;

/**
 * What runs graphs: an OpenCL device with its compiled kernels, or plain Java. Owns the context,
 * the kernels and the queue; runners must be closed before it. Not thread-safe.
 */
public final class Engine implements AutoCloseable {
  /** The device choice that means plain Java. */
  public static final String JAVA = "java";

  private static final int REFERENCE_BATCH = 1024;

  private final Context context;
  private final KernelLibrary library;
  private final CommandQueue queue;
  private final String binding;

  private Engine(Context context, String binding) {
    this.context = context;
    this.binding = binding;
    library = context == null ? null : new KernelLibrary(context);
    queue = context == null ? null : context.queue();
  }

  /**
   * Opens an engine.
   *
   * @param device {@code java}, or an OpenCL device by index, id, part of its name or type; null
   *     for the best
   * @param binding {@code lwjgl} or {@code jocl}, null for the first that is on the class path
   * @throws IllegalArgumentException if there is no such device or binding
   * @throws dev.loupe.opencl.ClUnavailableException if there is no OpenCL
   */
  public static Engine open(String device, String binding) {
    if (JAVA.equals(device)) {
      return new Engine(null, "none");
    }
    OpenCl openCl = OpenCl.load(binding);
    return in(Context.create(openCl.select(device)), openCl.bindingName());
  }

  /** An engine in the caller's own OpenCL context, which stays the caller's to release. */
  public static Engine adopt(String binding, Object nativeContext, Object nativeDevice) {
    OpenCl openCl = OpenCl.load(binding);
    return in(Context.adopt(openCl, nativeContext, nativeDevice), openCl.bindingName());
  }

  /** An engine that owns {@code context}, which is closed if there can be none. */
  static Engine in(Context context, String binding) {
    try {
      return new Engine(context, binding);
    } catch (RuntimeException e) {
      context.close();
      throw e;
    }
  }

  /** Makes {@code progress} hear how far the compiling of programs is. */
  void listen(Progress progress) {
    if (library != null) {
      library.listen(progress::compiling);
    }
  }

  /**
   * Checks that frames can store their tensors so.
   *
   * @throws IllegalArgumentException for anything but fp32 if this is plain Java
   */
  public void require(Precision precision) {
    if (context == null && precision != Precision.FP32) {
      throw new IllegalArgumentException(
          "plain Java stores floats, not %s; choose an OpenCL device, or fp32"
              .formatted(precision));
    }
  }

  /**
   * Checks that frames can be held to a limit of device memory.
   *
   * @param limit null for none
   * @throws IllegalArgumentException for a limit if this is plain Java
   */
  public void require(MemoryLimit limit) {
    if (context == null && limit != null) {
      throw new IllegalArgumentException(
          "plain Java takes no device memory to limit; leave out the limit (--memory), or limit"
              + " Java's own (-Xmx)");
    }
  }

  /** Prepares a frame: plans and allocates its memory, compiles what is not compiled yet. */
  public FrameRunner prepare(GuidedScheme scheme, FrameSpec spec) {
    return prepare(scheme, spec, null);
  }

  /**
   * As {@link #prepare(GuidedScheme, FrameSpec)} in no more device memory than {@code limit} says,
   * or what suits most if that is null.
   *
   * @throws dev.loupe.opencl.OutOfDeviceMemoryException if no tile of the frame fits
   * @throws IllegalArgumentException if this engine does not {@linkplain #require(Precision) store}
   *     tensors so or knows no {@linkplain #require(MemoryLimit) limit}, or a self-ensemble cannot
   *     take such a frame
   */
  public FrameRunner prepare(GuidedScheme scheme, FrameSpec spec, MemoryLimit limit) {
    require(spec.input().precision());
    require(limit);
    if (spec.ensemble()) {
      return new EnsembleFrameRunner(
          scheme.build(spec), spec, single -> prepare(scheme, single, limit));
    }
    if (context == null) {
      return new ReferenceFrameRunner(scheme.build(spec));
    }
    MemoryLimit obeyed = limit == null ? MemoryLimit.of(context.device()) : limit;
    return new DeviceFrames(library, queue, obeyed).prepare(scheme, spec);
  }

  /**
   * Host memory for the pixels of frames, page-locked where that makes their way to the device
   * shorter; it is the caller's to close, before this engine.
   *
   * @param bytes size, at least 1
   */
  public HostMemory hostMemory(int bytes) {
    return context == null ? HostMemory.ordinary(bytes) : HostMemory.of(context, bytes);
  }

  /**
   * The kernels of the device, for whoever records launches of their own.
   *
   * @throws IllegalArgumentException if this is plain Java
   */
  public KernelLibrary library() {
    requireDevice();
    return library;
  }

  /**
   * The queue that runs everything here.
   *
   * @throws IllegalArgumentException if this is plain Java
   */
  public CommandQueue queue() {
    requireDevice();
    return queue;
  }

  private void requireDevice() {
    if (context == null) {
      throw new IllegalArgumentException(
          "plain Java has no kernels; choose an OpenCL device of 'loupe devices'");
    }
  }

  /** Patches that this engine refines together. */
  int patchBatch() {
    return context == null ? REFERENCE_BATCH : library.tuning().patchBatch();
  }

  /** The OpenCL device, or nothing for plain Java. */
  public Optional<Device> device() {
    return Optional.ofNullable(context).map(Context::device);
  }

  /** The tile sizes in use, or nothing for plain Java. */
  public Optional<Tuning> tuning() {
    return Optional.ofNullable(library).map(KernelLibrary::tuning);
  }

  /** Specialised programs that were built or read from the cache. */
  public int programs() {
    return library == null ? 0 : library.size();
  }

  /** The device's name, or "plain Java". */
  public String deviceName() {
    return device().map(Device::name).orElse("plain Java");
  }

  /** The binding's name, or "none" for plain Java. */
  public String bindingName() {
    return binding;
  }

  /** The most device memory that was allocated at one time, in bytes. */
  public long peakDeviceBytes() {
    return context == null ? 0 : context.peakBytes();
  }

  @Override
  public void close() {
    if (context != null) {
      library.close();
      queue.close();
      context.close();
    }
  }
}
