package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;
import java.lang.ref.Reference;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.DoubleBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * An in-order queue of transfers and launches. Host buffers are direct; a transfer covers them from
 * position to limit and leaves both as they are. For one thread at a time.
 */
public final class CommandQueue extends ClObject {
  CommandQueue(Context context, Object handle) {
    super(context, "queue", handle);
  }

  /**
   * Copies host memory to the device and waits for it.
   *
   * @throws IllegalArgumentException if the host buffer is not direct or does not fit
   */
  public void write(DeviceBuffer buffer, long byteOffset, Buffer host) {
    long bytes = checkTransfer(buffer, byteOffset, host);
    if (bytes > 0) {
      try {
        binding().write(handle(), buffer.handle(), byteOffset, host, bytes);
      } finally {
        Reference.reachabilityFence(host); // a binding hands on its address alone
      }
    }
  }

  /**
   * Copies device memory to the host and waits for it.
   *
   * @throws IllegalArgumentException if the host buffer is not direct, read-only or does not fit
   */
  public void read(DeviceBuffer buffer, long byteOffset, Buffer host) {
    long bytes = checkRead(buffer, byteOffset, host);
    if (bytes > 0) {
      try {
        binding().read(handle(), buffer.handle(), byteOffset, host, bytes);
      } finally {
        Reference.reachabilityFence(host);
      }
    }
  }

  private static long checkRead(DeviceBuffer buffer, long byteOffset, Buffer host) {
    if (host.isReadOnly()) {
      throw new IllegalArgumentException("host buffer " + host + " is read-only");
    }
    return checkTransfer(buffer, byteOffset, host);
  }

  private static long checkTransfer(DeviceBuffer buffer, long byteOffset, Buffer host) {
    if (!host.isDirect()) {
      throw new IllegalArgumentException("host buffer " + host + " is not direct");
    }
    long bytes = (long) host.remaining() * elementBytes(host);
    buffer.checkRange(byteOffset, bytes);
    return bytes;
  }

  private static int elementBytes(Buffer host) {
    if (host instanceof ByteBuffer) {
      return Byte.BYTES;
    }
    if (host instanceof ShortBuffer || host instanceof CharBuffer) {
      return Short.BYTES;
    }
    return host instanceof LongBuffer || host instanceof DoubleBuffer ? Long.BYTES : Integer.BYTES;
  }

  /**
   * Sets memory to a repeated 4-byte pattern.
   *
   * @param byteOffset first byte, a multiple of 4
   * @param bytes size, a multiple of 4
   */
  public void fill(DeviceBuffer buffer, long byteOffset, long bytes, int pattern) {
    buffer.checkRange(byteOffset, bytes);
    if (byteOffset % Integer.BYTES != 0 || bytes % Integer.BYTES != 0) {
      throw new IllegalArgumentException(
          "a fill of %d bytes at %d is not in steps of 4".formatted(bytes, byteOffset));
    }
    if (bytes > 0) {
      binding().fill(handle(), buffer.handle(), pattern, byteOffset, bytes);
    }
  }

  /** Copies between buffers; the two stretches must not overlap. */
  public void copy(DeviceBuffer from, long fromOffset, DeviceBuffer to, long toOffset, long bytes) {
    from.checkRange(fromOffset, bytes);
    to.checkRange(toOffset, bytes);
    if (bytes > 0) {
      binding().copy(handle(), from.handle(), fromOffset, to.handle(), toOffset, bytes);
    }
  }

  /** Enqueues a launch; allocates nothing. */
  public void enqueue(Launch launch) {
    enqueue(launch, null);
  }

  /**
   * Enqueues a launch and keeps its device times; allocates nothing.
   *
   * @param profile where the times go, null for nowhere
   * @throws IllegalStateException if the profile is full
   */
  public void enqueue(Launch launch, Profile profile) {
    launch.checkArguments();
    enqueue(launch, launch.handle(), profile);
  }

  /** As above, a part of a launch. */
  public void enqueue(LaunchPart part, Profile profile) {
    part.launch().checkArguments();
    part.setArguments();
    enqueue(part.launch(), part.rangeHandle(), profile);
  }

  private void enqueue(Launch launch, Object range, Profile profile) {
    if (profile == null) {
      binding().enqueue(handle(), launch.kernelHandle(), range, null, 0);
      return;
    }
    int slot = profile.nextSlot();
    binding().enqueue(handle(), launch.kernelHandle(), range, profile.handle(), slot);
    profile.taken();
  }

  /** Waits until everything enqueued is done. */
  public void finish() {
    binding().finish(handle());
  }

  @Override
  void release(Object released) {
    binding().release(Kind.QUEUE, released);
  }
}
