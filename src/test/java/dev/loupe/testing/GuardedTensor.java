package dev.loupe.testing;

import static org.junit.jupiter.api.Assertions.fail;

import dev.loupe.op.TensorType;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A tensor in a device buffer of its own, between guards: guard, slack, elements, slack, guard. All
 * of it is poisoned with NaN first, of floats and of halves, so that an element which nobody wrote
 * shows; slack and guards must never change, the gaps between rows may.
 */
final class GuardedTensor implements AutoCloseable {
  private static final int POISON = 0x7fc17fc1;
  private static final int SLACK_BYTES = Float.BYTES * TensorView.SLACK;

  private final String name;
  private final CommandQueue queue;
  private final DeviceBuffer buffer;
  private final TensorView view;
  private final int start;
  private final ByteBuffer image;

  /**
   * Allocates and poisons a tensor.
   *
   * @param guardBytes beyond the slack, on either side, a multiple of 4; 0 where a tool watches
   */
  GuardedTensor(String name, Context context, CommandQueue queue, TensorType type, int guardBytes) {
    this.name = name;
    this.queue = queue;
    start = guardBytes + SLACK_BYTES;
    int bytes = Math.toIntExact(2L * start + type.bytes());
    buffer = context.allocate(bytes);
    view = new TensorView(buffer, start / type.elementBytes(), type);
    image = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    for (int at = 0; at + Integer.BYTES <= bytes; at += Integer.BYTES) {
      image.putInt(at, POISON);
    }
    queue.write(buffer, 0, image);
  }

  TensorView view() {
    return view;
  }

  /** Fills the elements; gaps stay poisoned. */
  void write(FloatTensor tensor) {
    forEach((n, c, y, x, element) -> view.type().put(image, element, tensor.get(n, c, y, x)));
    queue.write(buffer, 0, image);
  }

  /** The elements as the device holds them now; fails where slack or guards have changed. */
  FloatTensor read() {
    ByteBuffer before = ByteBuffer.allocate(image.capacity()).put(image.duplicate());
    queue.read(buffer, 0, image);
    int end = image.capacity() - start;
    for (int at = 0; at < image.capacity(); at++) {
      if ((at < start || at >= end) && image.get(at) != before.get(at)) {
        fail(
            "%s %s: byte %d is written, outside the tensor's %d bytes"
                .formatted(name, view.type(), at - start, end - start));
      }
    }
    FloatTensor tensor = FloatTensor.zeros(view.type().shape());
    forEach((n, c, y, x, element) -> tensor.set(n, c, y, x, view.type().get(image, element)));
    return tensor;
  }

  /** Fails where any byte has changed since the last write: an input is nobody's to write. */
  void assertUntouched() {
    ByteBuffer now = ByteBuffer.allocateDirect(image.capacity()).order(ByteOrder.nativeOrder());
    queue.read(buffer, 0, now);
    int at = now.mismatch(image);
    if (at >= 0) {
      fail("%s %s: the input's byte %d is written".formatted(name, view.type(), at - start));
    }
  }

  private interface Visitor {
    void visit(int n, int c, int y, int x, int element);
  }

  private void forEach(Visitor visitor) {
    Shape s = view.type().shape();
    for (int n = 0; n < s.n(); n++) {
      for (int c = 0; c < s.c(); c++) {
        for (int y = 0; y < s.h(); y++) {
          for (int x = 0; x < s.w(); x++) {
            visitor.visit(n, c, y, x, (int) (view.offset() + view.element(n, c, y, x)));
          }
        }
      }
    }
  }

  @Override
  public void close() {
    buffer.close();
  }
}
