package dev.loupe.guided;

import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import java.nio.ByteBuffer;

/**
 * The pixels of a frame in strips: rows are fetched as the strips reach them, and those around a
 * strip, which two strips see, are held; of a strip's result its own rows are handed on.
 */
final class RowStrips {
  private final RowSource input;
  private final RowSink output;
  private final ByteBuffer window;
  private final StageTimes times;
  private final int rowIn;
  private final int rowOut;

  /** Rows of the input that the window holds, from {@code held} to {@code fetched}. */
  private int held;

  private int fetched;

  /**
   * The strips of a frame from its first row on.
   *
   * @param window room for the input rows of one strip
   * @param times where the time to fetch rows goes
   */
  RowStrips(
      FrameGraph frame, RowSource input, RowSink output, ByteBuffer window, StageTimes times) {
    this.input = input;
    this.output = output;
    this.window = window;
    this.times = times;
    rowIn = Math.toIntExact(frame.input().type().bytes(1));
    long height = frame.input().type().rows();
    rowOut = Math.toIntExact(frame.output().type().bytes() / height);
  }

  /** Runs the next strip. */
  void run(FrameRunner runner, Strip strip, Progress progress) {
    long start = System.nanoTime();
    fetch(strip.first(), strip.end());
    times.add("upload", System.nanoTime() - start);
    long skipped = (long) (strip.from() - strip.first()) * rowOut;
    long kept = (long) (strip.to() - strip.from()) * rowOut;
    runner.run(RowSource.of(window), new Part(output, skipped, kept), progress);
  }

  private void fetch(int first, int end) {
    window.position((first - held) * rowIn).limit((fetched - held) * rowIn).compact();
    held = first;
    window.limit((end - first) * rowIn);
    input.get(window);
    fetched = end;
    window.flip();
  }

  /** A stretch of the rows that come, handed on; those before and after it are left out. */
  private static final class Part implements RowSink {
    private final RowSink sink;
    private long skipped;
    private long kept;

    Part(RowSink sink, long skipped, long kept) {
      this.sink = sink;
      this.skipped = skipped;
      this.kept = kept;
    }

    @Override
    public void put(ByteBuffer rows) {
      int end = rows.limit();
      int skip = (int) Math.min(skipped, rows.remaining());
      skipped -= skip;
      rows.position(rows.position() + skip);
      int keep = (int) Math.min(kept, rows.remaining());
      kept -= keep;
      if (keep > 0) {
        sink.put(rows.limit(rows.position() + keep));
      }
      rows.limit(end).position(end);
    }
  }
}
