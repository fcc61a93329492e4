package dev.loupe.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A sink of a picture's rows, which go on as the rows of the picture in another size: resized as
 * {@link Bicubic} does, but without rounding between the directions, and holding only the rows that
 * the next one is made of. Colour is weighted by alpha.
 */
public final class ResizeSink implements RowSink {
  private final ImageHeader to;
  private final RowSink sink;
  private final CubicTaps across;
  private final CubicTaps down;
  private final Samples in;
  private final Samples out;
  private final float[] arriving;
  private final float[] made;
  private final float[][] held;
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
    arriving = new float[Math.multiplyExact(from.width(), from.channels())];
    made = new float[Math.multiplyExact(to.width(), to.channels())];
    held = new float[down.count][made.length];
  }

  @Override
  public void put(ByteBuffer rows) {
    while (rows.hasRemaining()) {
      in.read(rows, arriving);
      resizeRow(held[rowsIn % held.length]);
      rowsIn++;
      while (rowsOut < to.height() && down.last(rowsOut) < rowsIn) {
        makeRow(rowsOut);
        sink.put(out.write(made));
        rowsOut++;
      }
    }
  }

  private void resizeRow(float[] row) {
    int channels = to.channels();
    for (int x = 0; x < to.width(); x++) {
      for (int c = 0; c < channels; c++) {
        double sum = 0;
        for (int t = x * across.count; t < (x + 1) * across.count; t++) {
          sum += across.weights[t] * arriving[across.sources[t] * channels + c];
        }
        row[x * channels + c] = (float) sum;
      }
    }
  }

  private void makeRow(int y) {
    Arrays.fill(made, 0);
    for (int t = y * down.count; t < (y + 1) * down.count; t++) {
      float weight = (float) down.weights[t];
      float[] row = held[down.sources[t] % held.length];
      for (int i = 0; i < made.length; i++) {
        made[i] += weight * row[i];
      }
    }
  }

  /** Rows of samples in memory and as numbers, in which colours are times alpha. */
  private static final class Samples {
    private final int channels;
    private final boolean weighted;
    private final boolean bytes;
    private final int most;
    private final ByteBuffer row;

    Samples(ImageHeader header) {
      channels = header.channels();
      weighted = header.hasAlpha();
      bytes = header.bitDepth() == 8;
      most = (1 << header.bitDepth()) - 1;
      row = ByteBuffer.allocateDirect(header.rowBytes()).order(ByteOrder.nativeOrder());
    }

    void read(ByteBuffer rows, float[] numbers) {
      row.clear();
      row.put(rows.slice(rows.position(), row.capacity()));
      rows.position(rows.position() + row.capacity());
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = bytes ? row.get(i) & 0xFF : row.getShort(2 * i) & 0xFFFF;
      }
      for (int i = 0; weighted && i < numbers.length; i += channels) {
        float alpha = numbers[i + channels - 1] / most;
        for (int c = 0; c < channels - 1; c++) {
          numbers[i + c] *= alpha;
        }
      }
    }

    ByteBuffer write(float[] numbers) {
      for (int i = 0; weighted && i < numbers.length; i += channels) {
        float alpha = numbers[i + channels - 1] / most;
        for (int c = 0; c < channels - 1; c++) {
          numbers[i + c] = alpha * most < 0.5f ? 0 : numbers[i + c] / alpha;
        }
      }
      for (int i = 0; i < numbers.length; i++) {
        int level = (int) (Math.max(0, Math.min(most, numbers[i])) + 0.5f);
        if (bytes) {
          row.put(i, (byte) level);
        } else {
          row.putShort(2 * i, (short) level);
        }
      }
      return row.clear();
    }
  }
}
