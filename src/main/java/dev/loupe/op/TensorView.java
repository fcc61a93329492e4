package dev.loupe.op;

import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor in device memory: a stretch of a buffer that holds all rows, or a window of them that
 * slides.
 *
 * @param buffer the buffer, owned by another
 * @param offset first element held, in elements of the type
 * @param type shape and layout
 * @param plane elements from one channel to the next, for the rows that are held
 */
public record TensorView(DeviceBuffer buffer, long offset, TensorType type, long plane) {
  /**
   * Elements before and after every tensor that a kernel may read (never write): a block of 6
   * vectors of 16 lanes that begins at a row's last element, and a window around it.
   */
  public static final int SLACK = 128;

  /** A tensor with all its rows. */
  public TensorView(DeviceBuffer buffer, long offset, TensorType type) {
    this(buffer, offset, type, type.plane());
  }

  /** A tensor in a buffer of its own, which the caller closes, between {@link #SLACK}. */
  public static TensorView allocate(Context context, TensorType type) {
    long slack = (long) Float.BYTES * SLACK;
    DeviceBuffer buffer = context.allocate(2 * slack + type.bytes());
    return new TensorView(buffer, slack / type.elementBytes(), type);
  }

  /** Byte position of the first element. */
  public long byteOffset() {
    return offset * type.elementBytes();
  }

  /**
   * The same memory as a frame: all patches' lanes of a row of positions, gaps included, are a row
   * of pixels.
   */
  TensorView asRows() {
    if (type.layout() == Layout.FRAME) {
      return this;
    }
    Shape s = type.shape();
    Shape rows = Shape.frame(s.c(), s.h(), Math.multiplyExact(s.w(), type.pitch()));
    return new TensorView(
        buffer, offset, new TensorType(rows, Layout.FRAME, type.precision()), plane);
  }

  /** Waits while it writes a dense NCHW tensor to the device, zeros between its rows. */
  public void write(CommandQueue queue, FloatTensor tensor) {
    write(queue, tensor, 0);
  }

  /** As above, with {@code gap} where no element is. */
  void write(CommandQueue queue, FloatTensor tensor, float gap) {
    ByteBuffer bytes = bytes();
    for (int i = 0; i < type.elements(); i++) {
      type.put(bytes, i, gap);
    }
    forEach((n, c, y, x, at) -> type.put(bytes, at, tensor.get(n, c, y, x)));
    queue.write(buffer, byteOffset(), bytes);
  }

  /** Waits while it reads the elements from the device. */
  public FloatTensor read(CommandQueue queue) {
    ByteBuffer bytes = bytes();
    queue.read(buffer, byteOffset(), bytes);
    FloatTensor tensor = FloatTensor.zeros(type.shape());
    forEach((n, c, y, x, at) -> tensor.set(n, c, y, x, type.get(bytes, at)));
    return tensor;
  }

  private ByteBuffer bytes() {
    return ByteBuffer.allocateDirect(Math.toIntExact(type.bytes())).order(ByteOrder.nativeOrder());
  }

  private interface Visitor {
    void visit(int n, int c, int y, int x, int at);
  }

  private void forEach(Visitor visitor) {
    Shape s = type.shape();
    for (int n = 0; n < s.n(); n++) {
      for (int c = 0; c < s.c(); c++) {
        for (int y = 0; y < s.h(); y++) {
          for (int x = 0; x < s.w(); x++) {
            visitor.visit(n, c, y, x, Math.toIntExact(element(n, c, y, x)));
          }
        }
      }
    }
  }

  /** Position of element (n, c, y, x), counted from the tensor's first. */
  public long element(int n, int c, int y, int x) {
    return switch (type.layout()) {
      case FRAME -> c * plane + (long) y * type.pitch() + x;
      case PATCHES -> c * plane + ((long) y * type.shape().w() + x) * type.pitch() + n;
      case PIXELS8, PIXELS16 -> (long) y * type.pitch() + (long) x * type.shape().c() + c;
      case INDICES -> x;
    };
  }
}
