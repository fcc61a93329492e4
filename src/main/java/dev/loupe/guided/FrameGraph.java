package dev.loupe.guided;

import dev.loupe.graph.Graph;
import dev.loupe.graph.SplitConcats;
import dev.loupe.graph.Value;
import dev.loupe.op.Layout;
import dev.loupe.op.TensorType;
import java.nio.Buffer;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * The whole scheme for one frame size, as a graph and its ends.
 *
 * @param graph the nodes
 * @param input the low-resolution picture: pixels, or a frame of floats
 * @param output the super-resolved picture, pixels or a frame
 * @param feature the coarse feature (1, C, H, W), kept only where it was asked for
 * @param mask the error mask (1, 1, ceil(H / p), ceil(W / p)), of variant mask
 * @param selected the refined cells, ascending, of variants mask and all
 * @param gridWidth cells in a row of the patch grid
 * @param cells cells of the grid
 * @param patches how many of them are refined
 */
public record FrameGraph(
    Graph graph,
    Value input,
    Value output,
    Optional<Value> feature,
    Optional<Value> mask,
    Optional<Value> selected,
    int gridWidth,
    int cells,
    int patches) {
  /** The same frame in less memory: see {@link SplitConcats}. */
  FrameGraph splitConcats() {
    SplitConcats split = SplitConcats.rewrite(graph);
    return new FrameGraph(
        split.graph(),
        split.of(input),
        split.of(output),
        feature.map(split::of),
        mask.map(split::of),
        selected.map(split::of),
        gridWidth,
        cells,
        patches);
  }

  /**
   * Checks that the caller's buffers hold a frame.
   *
   * @throws IllegalArgumentException naming the buffer, what it has and what it needs
   */
  void requireRoom(Buffer in, Buffer out) {
    requireRoom("input", in, input.type());
    requireRoom("output", out, output.type());
  }

  /**
   * Checks that the frame's ends are pixels, whose rows can go one by one.
   *
   * @throws IllegalArgumentException if they are floats, in planes
   */
  void requirePixels() {
    if (input.type().layout() == Layout.FRAME) {
      throw new IllegalArgumentException(
          "a frame of floats has planes, not rows of pixels; run it on buffers");
    }
  }

  private static String kind(Buffer buffer) {
    return buffer instanceof FloatBuffer ? "FloatBuffer" : "ByteBuffer";
  }

  private static void requireRoom(String what, Buffer buffer, TensorType type) {
    boolean floats = type.layout() == Layout.FRAME;
    long needed = type.shape().elements() * (floats ? 1 : type.elementBytes());
    if (floats != buffer instanceof FloatBuffer) {
      throw new IllegalArgumentException(
          "the %s is a %s, and this frame takes a %s"
              .formatted(what, kind(buffer), floats ? "FloatBuffer" : "ByteBuffer"));
    }
    if (buffer.remaining() < needed) {
      throw new IllegalArgumentException(
          "the %s buffer has %d elements left, a frame of %s takes %d %s"
              .formatted(
                  what, buffer.remaining(), type.shape(), needed, floats ? "floats" : "bytes"));
    }
  }
}
