package dev.loupe.guided;

import dev.loupe.tensor.Shape;
import java.nio.FloatBuffer;

/**
 * The planes of a float frame in strips.
 *
 * @param input dense (3, H, W), from its position
 * @param output dense (3, H * scale, W * scale), likewise
 */
record FloatStrips(FrameGraph frame, FloatBuffer input, FloatBuffer output) {
  /** Runs a strip, and copies its own rows out of its result. */
  void run(FrameRunner runner, Strip strip, Progress progress) {
    Planes in = dense(runner.frame().input().type().shape());
    Planes made = dense(runner.frame().output().type().shape());
    planes(input, frame.input().type().shape())
        .copy(strip.first(), in, 0, strip.end() - strip.first());
    runner.run(in.floats, made.floats, progress);
    Planes whole = planes(output, frame.output().type().shape());
    int scale = made.height / in.height;
    int rows = (strip.to() - strip.from()) * scale;
    made.copy((strip.from() - strip.first()) * scale, whole, strip.from() * scale, rows);
  }

  private static Planes planes(FloatBuffer floats, Shape shape) {
    return new Planes(floats, shape.h(), shape.w());
  }

  private static Planes dense(Shape shape) {
    return planes(FloatBuffer.allocate(Math.toIntExact(shape.elements())), shape);
  }

  /** Three planes of floats. */
  private record Planes(FloatBuffer floats, int height, int width) {
    private int at(int c, int row) {
      return floats.position() + (c * height + row) * width;
    }

    void copy(int fromRow, Planes to, int toRow, int rows) {
      for (int c = 0; c < 3; c++) {
        to.floats.put(to.at(c, toRow), floats, at(c, fromRow), rows * width);
      }
    }
  }
}
