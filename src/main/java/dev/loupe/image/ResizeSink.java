package dev.loupe.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A sink of a picture's rows, which go on as the rows of the picture in another size: resized as
 * {@link Bicubic} does, but without rounding between the directions, and holding only the rows that
 * the next one is made of. Colour is weighted by alpha, but where nothing is seen of it.
 */
public final class ResizeSink implements RowSink {
  /** Elements of a row that are worth a thread's while. */
  private static final int PART = 1024;

  private final ImageHeader to;
  private final int numbers;
  private final RowSink sink;
  private final CubicTaps across;
  private final CubicTaps down;
  private final Samples in;
  private final Samples out;
  private final float[] arriving;
  private final float[] made;
  private final float[][] held;
  private final ByteBuffer row;
  private int rowsIn;
  private int rowsOut;

  /**
   * A sink for the rows of a whole picture.
   *
   * @param from the picture
   * @param to the same in another size
   * @param sink takes its rows in that size, one at a time
   */
  public ResizeSink(ImageHeader from, ImageHeader to, RowSink sink) {
    this.to = to;
    this.sink = sink;
    across = new CubicTaps(from.width(), to.width());
    down = new CubicTaps(from.height(), to.height());
    in = new Samples(from);
    out = new Samples(to);
    numbers = in.numbers;
    arriving = new float[Math.multiplyExact(from.width(), numbers)];
    made = new float[Math.multiplyExact(to.width(), numbers)];
    held = new float[down.count][made.length];
    row = ByteBuffer.allocateDirect(to.rowBytes()).order(ByteOrder.nativeOrder());
  }

  @Override
  public void put(ByteBuffer rows) {
    while (rows.hasRemaining()) {
      in.read(rows, arriving);
      resizeRow(held[rowsIn % held.length]);
      rowsIn++;
      while (rowsOut < to.height() && down.last(rowsOut) < rowsIn) {
        makeRow(rowsOut);
        out.write(made, row);
        sink.put(row);
        row.clear();
        rowsOut++;
      }
    }
  }

  private void resizeRow(float[] row) {
    inParts(
        to.width(),
        (begin, end) -> {
          Arrays.fill(row, begin * numbers, end * numbers, 0);
          for (int x = begin; x < end; x++) {
            for (int t = x * across.count; t < (x + 1) * across.count; t++) {
              float weight = (float) across.weights[t];
              int from = across.sources[t] * numbers;
              for (int n = 0; n < numbers; n++) {
                row[x * numbers + n] += weight * arriving[from + n];
              }
            }
          }
        });
  }

  private void makeRow(int y) {
    inParts(
        made.length,
        (begin, end) -> {
          Arrays.fill(made, begin, end, 0);
          for (int t = y * down.count; t < (y + 1) * down.count; t++) {
            float weight = (float) down.weights[t];
            float[] row = held[down.sources[t] % held.length];
            for (int i = begin; i < end; i++) {
              made[i] += weight * row[i];
            }
          }
        });
  }

  /** What is done from one element of a row to another. */
  private interface Part {
    void run(int begin, int end);
  }

  private static void inParts(int length, Part part) {
    int parts = Math.max(1, length / PART);
    IntStream.range(0, parts)
        .parallel()
        .forEach(
            i ->
                part.run(
                    (int) ((long) length * i / parts), (int) ((long) length * (i + 1) / parts)));
  }

  /**
   * Rows of samples in memory and as numbers. Of colours with alpha these are the colours times
   * alpha, alpha, and the colours as they are, for pixels of which nothing is seen.
   */
  private static final class Samples {
    private final int channels;
    private final int numbers;
    private final int most;
    // Rows go through arrays: one by one, a buffer's elements take longer, as few pictures let Java
    // optimise.
    private final byte[] bytes;
    private final short[] shorts;

    Samples(ImageHeader header) {
      channels = header.channels();
      numbers = header.hasAlpha() ? 2 * channels - 1 : channels;
      most = (1 << header.bitDepth()) - 1;
      int samples = header.width() * channels;
      bytes = header.bitDepth() == 8 ? new byte[samples] : null;
      shorts = bytes == null ? new short[samples] : null;
    }

    void read(ByteBuffer rows, float[] row) {
      if (bytes != null) {
        rows.get(bytes);
        for (int i = 0; i < bytes.length; i++) {
          row[place(i)] = bytes[i] & 0xFF;
        }
      } else {
        rows.slice().order(ByteOrder.nativeOrder()).asShortBuffer().get(shorts);
        rows.position(rows.position() + shorts.length * Short.BYTES);
        for (int i = 0; i < shorts.length; i++) {
          row[place(i)] = shorts[i] & 0xFFFF;
        }
      }
      for (int i = 0; numbers > channels && i < row.length; i += numbers) {
        float alpha = row[i + channels - 1] / most;
        for (int c = 0; c < channels - 1; c++) {
          row[i + channels + c] = row[i + c];
          row[i + c] *= alpha;
        }
      }
    }

    void write(float[] row, ByteBuffer samples) {
      for (int i = 0; numbers > channels && i < row.length; i += numbers) {
        float alpha = row[i + channels - 1] / most;
        boolean isSeen = alpha * most >= 0.5f;
        for (int c = 0; c < channels - 1; c++) {
          row[i + c] = isSeen ? row[i + c] / alpha : row[i + channels + c];
        }
      }
      if (bytes != null) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = (byte) level(row[place(i)]);
        }
        samples.put(bytes);
      } else {
        for (int i = 0; i < shorts.length; i++) {
          shorts[i] = (short) level(row[place(i)]);
        }
        samples.asShortBuffer().put(shorts);
      }
      samples.clear();
    }

    /** Where sample {@code i} of a row stands among the numbers. */
    private int place(int i) {
      return numbers == channels ? i : i / channels * numbers + i % channels;
    }

    private int level(float number) {
      return (int) (Math.max(0, Math.min(most, number)) + 0.5f);
    }
  }
}
