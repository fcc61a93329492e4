package dev.loupe.op;

import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.Half;
import dev.loupe.tensor.Shape;
import java.nio.ByteBuffer;

/**
 * What is known of a tensor before it has memory: its logical shape, its layout on the device and
 * how its elements are stored.
 *
 * @param shape (N, C, H, W)
 * @param layout how the elements lie
 * @param precision of the elements of frames and patches; of samples, which are what their layout
 *     says, that of the frame they become
 */
public record TensorType(Shape shape, Layout layout, Precision precision) {
  /** Rows begin at multiples of this many elements: the widest vector, in fp32 one cache line. */
  public static final int PITCH_ALIGNMENT = 16;

  /** Planes this far apart fall on the same cache sets; such planes get one line more. */
  private static final int CACHE_STRIDE = 1024;

  /**
   * Checks the batch.
   *
   * @throws IllegalArgumentException if a layout of one image has a batch
   */
  public TensorType {
    if (layout != Layout.PATCHES && shape.n() != 1) {
      throw new IllegalArgumentException("layout " + layout + " holds one image, not " + shape);
    }
  }

  /** As above, in fp32. */
  public TensorType(Shape shape, Layout layout) {
    this(shape, layout, Precision.FP32);
  }

  /** A planar frame of one image, in fp32. */
  public static TensorType frame(int channels, int height, int width) {
    return new TensorType(Shape.frame(channels, height, width), Layout.FRAME);
  }

  /** This layout with another shape. */
  public TensorType withShape(Shape other) {
    return new TensorType(other, layout, precision);
  }

  /** The same tensor stored otherwise. */
  public TensorType withPrecision(Precision other) {
    return new TensorType(shape, layout, other);
  }

  /**
   * Passes for a frame: the guard of operators whose kernels know no other layout.
   *
   * @throws IllegalArgumentException naming the operator
   */
  void requireFrame(String operator) {
    if (layout != Layout.FRAME) {
      throw new IllegalArgumentException(
          "%s takes a frame, not %s in layout %s".formatted(operator, shape, layout));
    }
  }

  /**
   * Passes for a batch of patches in fp32: the guard of operators that only training uses.
   *
   * @throws IllegalArgumentException naming the operator
   */
  void requirePatches(String operator) {
    if (layout != Layout.PATCHES) {
      throw new IllegalArgumentException(
          "%s takes patches, not %s in layout %s".formatted(operator, shape, layout));
    }
    if (precision != Precision.FP32) {
      throw new IllegalArgumentException(
          "%s, of training, takes fp32, not %s".formatted(operator, precision));
    }
  }

  /** Whether the elements are of the type's precision, neither samples nor indices. */
  public boolean isReal() {
    return layout == Layout.FRAME || layout == Layout.PATCHES;
  }

  /** Elements that the vector lanes run along: the width of a frame, the batch of patches. */
  public int lanes() {
    return layout == Layout.PATCHES ? shape.n() : shape.w();
  }

  /** Vectors of {@code width} elements that the lanes fill. */
  int vectors(int width) {
    return Blocks.count(lanes(), width);
  }

  /** Rows of lanes in one channel: H of a frame, H * W of patches. */
  public long rows() {
    return layout == Layout.PATCHES ? shape.plane() : shape.h();
  }

  /** Elements from one row of lanes to the next. */
  public int pitch() {
    return switch (layout) {
      case FRAME, PATCHES -> Math.toIntExact(Blocks.roundUp((long) lanes(), PITCH_ALIGNMENT));
      case PIXELS8, PIXELS16 -> Math.multiplyExact(shape.w(), shape.c());
      case INDICES -> shape.w();
    };
  }

  /** Elements from one channel to the next; 0 where channels are interleaved. */
  public long plane() {
    return plane(rows());
  }

  /** Elements from one channel to the next where only {@code rows} rows of each are held. */
  public long plane(long rows) {
    if (!isReal()) {
      return 0;
    }
    long plane = rows * pitch();
    return plane % CACHE_STRIDE == 0 ? plane + PITCH_ALIGNMENT : plane;
  }

  /** Elements in memory, the gaps between rows included. */
  public long elements() {
    return switch (layout) {
      case FRAME, PATCHES -> plane() * shape.c();
      case PIXELS8, PIXELS16, INDICES -> (long) pitch() * shape.h();
    };
  }

  /** Bytes of {@code rows} rows of every channel. */
  public long bytes(long rows) {
    long elements = plane(rows) == 0 ? rows * pitch() : plane(rows) * shape.c();
    return elements * elementBytes();
  }

  /** Bytes of one element. */
  public int elementBytes() {
    return switch (layout) {
      case PIXELS8 -> 1;
      case PIXELS16 -> 2;
      case FRAME, PATCHES -> precision.bytes();
      case INDICES -> Integer.BYTES;
    };
  }

  /** Element {@code i} of device memory that was read to {@code bytes}. */
  public float get(ByteBuffer bytes, int i) {
    return switch (layout) {
      case FRAME, PATCHES ->
          precision == Precision.FP32
              ? bytes.getFloat(Float.BYTES * i)
              : Half.toFloat(bytes.getShort(Short.BYTES * i));
      case INDICES -> bytes.getInt(Integer.BYTES * i);
      case PIXELS8 -> Byte.toUnsignedInt(bytes.get(i));
      case PIXELS16 -> Short.toUnsignedInt(bytes.getShort(Short.BYTES * i));
    };
  }

  /** The inverse of {@link #get}. */
  public void put(ByteBuffer bytes, int i, float value) {
    switch (layout) {
      case FRAME, PATCHES -> {
        if (precision == Precision.FP32) {
          bytes.putFloat(Float.BYTES * i, value);
        } else {
          bytes.putShort(Short.BYTES * i, Half.fromFloat(value));
        }
      }
      case INDICES -> bytes.putInt(Integer.BYTES * i, (int) value);
      case PIXELS8 -> bytes.put(i, (byte) value);
      case PIXELS16 -> bytes.putShort(Short.BYTES * i, (short) value);
    }
  }

  /** Bytes in memory. */
  public long bytes() {
    return elements() * elementBytes();
  }
}
