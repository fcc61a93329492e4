package dev.loupe.guided;

import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import dev.loupe.op.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The pixels of a frame in tiles: rows are fetched as the tiles reach them, and those around a
 * tile, which two see, are held; of a tile's result what is kept is handed on, row by row.
 */
final class PixelTiles {
  private final FrameGraph frame;
  private final RowSource input;
  private final RowSink output;
  private final ByteBuffer window;
  private final StageTimes times;
  private final int rowIn;
  private final int rowOut;
  private final int scale;

  /** Rows of the input that the window holds, from {@code held} to {@code fetched}. */
  private int held;

  private int fetched;

  /**
   * Of tiles narrower than the frame: a tile's picture and result, and what a row of them keeps.
   */
  private ByteBuffer picture;

  private ByteBuffer made;
  private ByteBuffer band;

  /**
   * The tiles of a frame from its first row on, and from the left.
   *
   * @param window room for the input rows of one tile, as wide as the frame
   * @param times where the time to fetch rows goes
   */
  PixelTiles(
      FrameGraph frame, RowSource input, RowSink output, ByteBuffer window, StageTimes times) {
    this.frame = frame;
    this.input = input;
    this.output = output;
    this.window = window;
    this.times = times;
    rowIn = Math.toIntExact(frame.input().type().bytes(1));
    rowOut = Math.toIntExact(frame.output().type().bytes(1));
    scale = Math.toIntExact(frame.output().type().rows() / frame.input().type().rows());
  }

  /** Runs the next tile. */
  void run(FrameRunner runner, Tile tile, Progress progress) {
    Span rows = tile.rows();
    long start = System.nanoTime();
    fetch(rows);
    times.add("upload", System.nanoTime() - start);
    if (tile.columns().length() == frame.input().type().shape().w()) {
      long skipped = (long) rows.skipped() * scale * rowOut;
      long kept = (long) rows.kept() * scale * rowOut;
      runner.run(RowSource.of(window), new Part(output, skipped, kept), progress);
    } else {
      runNarrow(runner, tile, progress);
    }
  }

  private void fetch(Span rows) {
    if (rows.first() == held && rows.end() == fetched) {
      return; // by the tile to the left
    }
    window.position((rows.first() - held) * rowIn).limit((fetched - held) * rowIn).compact();
    held = rows.first();
    window.limit(rows.length() * rowIn);
    input.get(window);
    fetched = rows.end();
    window.flip();
  }

  private void runNarrow(FrameRunner runner, Tile tile, Progress progress) {
    Span rows = tile.rows();
    Span columns = tile.columns();
    TensorType in = runner.frame().input().type();
    TensorType out = runner.frame().output().type();
    picture = withRoom(picture, in.bytes());
    made = withRoom(made, out.bytes());
    band = withRoom(band, (long) rows.kept() * scale * rowOut);
    int pixel = rowIn / frame.input().type().shape().w();
    int narrow = (int) in.bytes(1);
    long start = System.nanoTime();
    for (int y = 0; y < rows.length(); y++) {
      picture.put(y * narrow, window, y * rowIn + columns.first() * pixel, narrow);
    }
    times.add("upload", System.nanoTime() - start);
    runner.run(picture, made, progress);
    start = System.nanoTime();
    int madeRow = (int) out.bytes(1);
    int skipped = rows.skipped() * scale * madeRow + columns.skipped() * scale * pixel;
    int at = columns.from() * scale * pixel;
    for (int y = 0; y < rows.kept() * scale; y++) {
      band.put(at + y * rowOut, made, skipped + y * madeRow, columns.kept() * scale * pixel);
    }
    if (columns.to() == frame.input().type().shape().w()) {
      output.put(band.clear().limit(rows.kept() * scale * rowOut));
    }
    times.add("download", System.nanoTime() - start);
  }

  private static ByteBuffer withRoom(ByteBuffer buffer, long bytes) {
    if (buffer != null && buffer.capacity() >= bytes) {
      return buffer.clear();
    }
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
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
