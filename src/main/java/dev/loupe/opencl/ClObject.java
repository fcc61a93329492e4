package dev.loupe.opencl;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An owned OpenCL object: a handle that is released once, by close() or with its context. */
abstract class ClObject implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClObject.class);

  private final Context context;
  private final String label;
  private volatile Object handle;

  /**
   * @param label what messages call the object, such as "buffer of 1024 bytes"
   */
  ClObject(Context context, String label, Object handle) {
    this.context = context;
    this.label = label;
    this.handle = handle;
  }

  final Context context() {
    return context;
  }

  final ClBinding binding() {
    return context.binding();
  }

  /**
   * The binding's handle.
   *
   * @throws IllegalStateException after close
   */
  final Object handle() {
    Object open = handle;
    if (open == null) {
      throw new IllegalStateException(label + " is used after it was closed");
    }
    return open;
  }

  final boolean isOpen() {
    return handle != null;
  }

  /** Gives the handle back to the driver. */
  abstract void release(Object released);

  /** Releases the object; does nothing when called again and never throws. */
  @Override
  public final void close() {
    Object released;
    synchronized (this) {
      released = handle;
      handle = null;
    }
    if (released == null) {
      return;
    }
    try {
      release(released);
    } catch (RuntimeException e) {
      LOG.warn("{} was not released: {}", label, e.getMessage());
    }
    context.forget(this);
  }

  @Override
  public String toString() {
    return label;
  }
}
