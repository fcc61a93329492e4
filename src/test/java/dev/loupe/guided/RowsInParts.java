package dev.loupe.guided;

import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A frame runner in plain Java that takes a few rows at a time, and gives a few. */
final class RowsInParts implements FrameRunner {
  private static final int ROWS_IN = 3;
  private static final int ROWS_OUT = 4;

  private final FrameRunner whole;

  RowsInParts(FrameGraph frame) {
    whole = new ReferenceFrameRunner(frame);
  }

  @Override
  public FrameGraph frame() {
    return whole.frame();
  }

  @Override
  public void run(Buffer input, Buffer output, Progress progress) {
    whole.run(input, output, progress);
  }

  @Override
  public void run(RowSource input, RowSink output, Progress progress) {
    ByteBuffer in = direct(frame().input().type().bytes());
    int row = Math.toIntExact(frame().input().type().bytes(1));
    for (int at = 0; at < in.capacity(); at += ROWS_IN * row) {
      input.get(in.limit(Math.min(in.capacity(), at + ROWS_IN * row)));
    }
    ByteBuffer out = direct(frame().output().type().bytes());
    whole.run(in.flip(), out, progress);
    row = Math.toIntExact(frame().output().type().bytes(1));
    for (int at = 0; at < out.capacity(); at += ROWS_OUT * row) {
      output.put(out.limit(Math.min(out.capacity(), at + ROWS_OUT * row)).position(at));
    }
  }

  private static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  @Override
  public Optional<float[]> mask() {
    return whole.mask();
  }

  @Override
  public int[] selected() {
    return whole.selected();
  }

  @Override
  public Optional<float[]> feature() {
    return whole.feature();
  }

  @Override
  public StageTimes times() {
    return whole.times();
  }

  @Override
  public MemoryUse memory() {
    return whole.memory();
  }

  @Override
  public void close() {
    whole.close();
  }
}
