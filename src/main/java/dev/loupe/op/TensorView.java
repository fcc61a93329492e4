package dev.loupe.op;

import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Arrays;

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

  /** Spreads a dense NCHW tensor over this layout's planes, gaps zero. */
  public float[] pack(FloatTensor tensor) {
    return pack(tensor, 0);
  }

  /** As above, with {@code gap} where no element is. */
  float[] pack(FloatTensor tensor, float gap) {
    float[] packed = new float[Math.toIntExact(type.elements())];
    Arrays.fill(packed, gap);
    transfer(tensor, packed, true);
    return packed;
  }

  /** Collects a dense NCHW tensor from memory of this layout. */
  public FloatTensor unpack(float[] packed) {
    FloatTensor tensor = FloatTensor.zeros(type.shape());
    transfer(tensor, packed, false);
    return tensor;
  }

  private void transfer(FloatTensor tensor, float[] packed, boolean toPacked) {
    Shape s = type.shape();
    for (int n = 0; n < s.n(); n++) {
      for (int c = 0; c < s.c(); c++) {
        for (int y = 0; y < s.h(); y++) {
          for (int x = 0; x < s.w(); x++) {
            int at = Math.toIntExact(element(n, c, y, x));
            if (toPacked) {
              packed[at] = tensor.get(n, c, y, x);
            } else {
              tensor.set(n, c, y, x, packed[at]);
            }
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
