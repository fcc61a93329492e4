package dev.loupe.opencl;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The OpenCL 1.2 calls that Loupe needs, spoken through one Java binding.
 *
 * <p>Handles are opaque: each binding gives out its own objects and gets them back unchanged. Every
 * method throws {@link ClException} when the driver answers with an error.
 */
interface ClBinding {
  /** What a handle stands for. */
  enum Kind {
    PLATFORM,
    DEVICE,
    CONTEXT,
    QUEUE,
    BUFFER,
    PROGRAM,
    KERNEL
  }

  /** Its name: lwjgl or jocl, by which it is chosen, or null. */
  String name();

  /** Handles of all platforms; empty when the loader knows none. */
  List<Object> platforms();

  /** Handles of all devices of a platform; empty when it has none. */
  List<Object> devices(Object platform);

  /**
   * The bytes that a clGet*Info call returns, in native order.
   *
   * @param device null, or the device to ask about: a program then answers with its build info, a
   *     kernel with its work-group info
   * @return null when the driver does not know the parameter
   */
  byte[] info(Kind kind, Object handle, Object device, int parameter);

  Object createContext(Object device);

  /** Adds a reference to a context that somebody else created. */
  void retainContext(Object context);

  /** An in-order queue with profiling. */
  Object createQueue(Object context, Object device);

  Object createBuffer(Object context, long bytes);

  /** A buffer in host memory that the driver picks for fast transfers. */
  Object createHostBuffer(Object context, long bytes);

  /**
   * Waits while it maps the first {@code bytes} bytes of a buffer for reading and writing.
   *
   * @return the memory, in native byte order; valid until it is unmapped
   */
  ByteBuffer map(Object queue, Object buffer, int bytes);

  /** Ends a mapping, and waits for that. */
  void unmap(Object queue, Object buffer, ByteBuffer mapped);

  Object createProgram(Object context, String source);

  Object createProgram(Object context, Object device, byte[] binary);

  /** Builds for one device and returns the status code, 0 when built; the log is build info. */
  int build(Object program, Object device);

  /** The program's binary; null when its context has several devices or the driver gives none. */
  byte[] binary(Object program);

  Object createKernel(Object program, String name);

  void setBuffer(Object kernel, int index, Object buffer);

  /** Sets a 4-byte argument of any type from its bits. */
  void setInt(Object kernel, int index, int bits);

  void setLong(Object kernel, int index, long value);

  /** A prepared range; {@code local} is null where the driver chooses. */
  Object range(long[] global, long[] local);

  /** Room for the events of {@code capacity} launches. */
  Object events(int capacity);

  /** Enqueues a kernel; its event goes to {@code events[slot]} unless {@code events} is null. */
  void enqueue(Object queue, Object kernel, Object range, Object events, int slot);

  /** A profiling time of a finished launch, nanoseconds of the device's clock. */
  long eventNanos(Object events, int slot, int parameter);

  void releaseEvent(Object events, int slot);

  /**
   * Waits while it copies {@code bytes} bytes from the host buffer's position on; the buffer is
   * direct.
   */
  void write(Object queue, Object buffer, long offset, Buffer host, long bytes);

  /**
   * Waits while it copies {@code bytes} bytes to the host buffer's position on; the buffer is
   * direct.
   */
  void read(Object queue, Object buffer, long offset, Buffer host, long bytes);

  void fill(Object queue, Object buffer, int pattern, long offset, long bytes);

  void copy(Object queue, Object from, long fromOffset, Object to, long toOffset, long bytes);

  void finish(Object queue);

  void release(Kind kind, Object handle);
}
