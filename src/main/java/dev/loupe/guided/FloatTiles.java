package dev.loupe.guided;

import dev.loupe.tensor.Shape;
import java.nio.FloatBuffer;

/**
 * The planes of a float frame in tiles.
 *
 * @param input dense (3, H, W), from its position
 * @param output dense (3, H * scale, W * scale), likewise
 */
record FloatTiles(FrameGraph frame, FloatBuffer input, FloatBuffer output) {
  /** Runs a tile, and copies what is kept out of its result. */
  void run(FrameRunner runner, Tile tile, Progress progress) {
    Span rows = tile.rows();
    Span columns = tile.columns();
    Planes in = dense(runner.frame().input().type().shape());
    Planes made = dense(runner.frame().output().type().shape());
    Planes from = planes(input, frame.input().type().shape());
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < in.height; y++) {
        from.copy(from.at(c, rows.first() + y, columns.first()), in, in.at(c, y, 0), in.width);
      }
    }
    runner.run(in.floats, made.floats, progress);
    int scale = made.height / in.height;
    Planes to = planes(output, frame.output().type().shape());
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < rows.kept() * scale; y++) {
        made.copy(
            made.at(c, rows.skipped() * scale + y, columns.skipped() * scale),
            to,
            to.at(c, rows.from() * scale + y, columns.from() * scale),
            columns.kept() * scale);
      }
    }
  }

  private static Planes planes(FloatBuffer floats, Shape shape) {
    return new Planes(floats, shape.h(), shape.w());
  }

  private static Planes dense(Shape shape) {
    return planes(FloatBuffer.allocate(Math.toIntExact(shape.elements())), shape);
  }

  /** Three planes of floats. */
  private record Planes(FloatBuffer floats, int height, int width) {
    int at(int c, int y, int x) {
      return floats.position() + (c * height + y) * width + x;
    }

    void copy(int from, Planes other, int to, int count) {
      other.floats.put(to, floats, from, count);
    }
  }
}
