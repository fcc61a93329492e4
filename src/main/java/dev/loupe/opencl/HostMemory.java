package dev.loupe.opencl;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Host memory for transfers to and from a device; whoever makes it closes it. It is page-locked
 * where the device {@linkplain Device#hasOwnMemory has memory of its own}: such a device fetches
 * and fills it by itself, where the driver copies ordinary memory through some of its own. For
 * other devices, and where the driver gives none, it is an ordinary direct buffer.
 *
 * <p>Making it takes time; make it once and use it for many transfers.
 *
 * <p>Page-locked memory is gone with {@link #close}: touching a buffer over it after that, a slice
 * or view too, may end the JVM. So take {@link #buffer} anew for every use, as it throws by then,
 * and close only when no transfer and no other thread is at work on it.
 */
public final class HostMemory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostMemory.class);

  private final int bytes;

  /** What holds the memory; null where that is Java. */
  private final Mapping mapping;

  private volatile ByteBuffer buffer;

  private HostMemory(int bytes, Mapping mapping) {
    this.bytes = bytes;
    this.mapping = mapping;
    buffer =
        mapping == null
            ? ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder())
            : mapping.mapped;
  }

  /**
   * Memory for transfers to and from the device of {@code context}, with undefined contents. Where
   * it is page-locked, it ends with the context.
   *
   * @param bytes size, at least 1
   */
  public static HostMemory of(Context context, int bytes) {
    requireContent(bytes);
    if (context.device().hasOwnMemory()) {
      try {
        return new HostMemory(bytes, context.own(new Mapping(context, bytes)));
      } catch (RuntimeException | Error e) {
        LOG.debug("no page-locked memory, transfers take longer: {}", e.getMessage());
      }
    }
    return ordinary(bytes);
  }

  /**
   * Memory of Java's own, all zero, for where there is no device.
   *
   * @param bytes size, at least 1
   */
  public static HostMemory ordinary(int bytes) {
    requireContent(bytes);
    return new HostMemory(bytes, null);
  }

  private static void requireContent(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("host memory of " + bytes + " bytes has no content");
    }
  }

  /**
   * The memory, in native byte order: the same direct buffer at every call, with the position and
   * limit that its users gave it.
   *
   * @throws IllegalStateException after close
   */
  public ByteBuffer buffer() {
    ByteBuffer open = buffer;
    if (open == null || !isOpen()) {
      throw new IllegalStateException(this + " is used after it was closed");
    }
    return open;
  }

  /** Whether it is neither closed nor gone with its context. */
  public boolean isOpen() {
    return buffer != null && (mapping == null || mapping.isOpen());
  }

  /** Whether the device reaches it by itself. */
  public boolean isPageLocked() {
    return mapping != null;
  }

  /** Gives the memory back; does nothing when called again and never throws. */
  @Override
  public void close() {
    buffer = null;
    if (mapping != null) {
      mapping.close();
    }
  }

  @Override
  public String toString() {
    return "host memory of " + bytes + " bytes";
  }

  /**
   * A buffer of the driver's in host memory, mapped for as long as it lives. Its handle is a queue
   * of its own, so that it can be unmapped on any thread, whatever else is closed by then.
   */
  private static final class Mapping extends ClObject {
    private Object memory;
    private ByteBuffer mapped;

    Mapping(Context context, int bytes) {
      super(
          context,
          "page-locked memory of " + bytes + " bytes",
          context.binding().createQueue(context.handle(), context.device().origin().handle()));
      try {
        memory = binding().createHostBuffer(context.handle(), bytes);
        mapped = binding().map(handle(), memory, bytes);
      } catch (ClException e) {
        close();
        throw e;
      }
    }

    @Override
    void release(Object queue) {
      try {
        if (mapped != null) {
          binding().unmap(queue, memory, mapped);
        }
      } finally {
        if (memory != null) {
          binding().release(ClBinding.Kind.BUFFER, memory);
        }
        binding().release(ClBinding.Kind.QUEUE, queue);
      }
    }
  }
}
