package dev.loupe.train;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.Value;
import dev.loupe.op.BlockSpread;
import dev.loupe.op.BlockSum;
import dev.loupe.op.ChannelSlice;
import dev.loupe.op.Concat;
import dev.loupe.op.GlobalAverage;
import dev.loupe.op.MaxPool2d;
import dev.loupe.op.MaxPool2dGradient;
import dev.loupe.op.Operator;
import dev.loupe.op.PatchMerge;
import dev.loupe.op.PatchSplit;
import dev.loupe.op.PixelShuffle;
import dev.loupe.op.PixelUnshuffle;
import dev.loupe.op.UpsampleBilinear;
import dev.loupe.op.UpsampleBilinearGradient;
import dev.loupe.op.UpsampleNearest;
import dev.loupe.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The gradients of operators that only move, repeat, choose or average elements. */
final class ShapeGradients {
  private ShapeGradients() {}

  /**
   * The gradient of each input, in order.
   *
   * @param forward what is read of the way forward
   * @throws IllegalArgumentException naming an operator that has no rule
   */
  static List<Value> of(Graph graph, Node node, Value gradient, Recomputation forward) {
    Operator operator = node.operator();
    Value src = node.inputs().get(0);
    Shape in = src.type().shape();
    Operator inverse;
    if (operator instanceof Concat) {
      return slices(graph, node, gradient);
    } else if (operator instanceof MaxPool2d pool) {
      Operator chosen = new MaxPool2dGradient(pool.filter(), pool.stride());
      return List.of(graph.add(chosen, gradient, forward.of(src)));
    } else if (operator instanceof PatchSplit split) {
      inverse = new PatchMerge(split.patch(), split.halo(), in.h(), in.w());
    } else if (operator instanceof PixelShuffle shuffle) {
      inverse = new PixelUnshuffle(shuffle.factor());
    } else if (operator instanceof UpsampleNearest upsample) {
      inverse = new BlockSum(upsample.scale(), upsample.scale(), 1);
    } else if (operator instanceof UpsampleBilinear) {
      inverse = new UpsampleBilinearGradient(in.h(), in.w());
    } else if (operator instanceof GlobalAverage) {
      inverse = new BlockSpread(in.h(), in.w(), 1f / in.plane());
    } else {
      throw new IllegalArgumentException(
          "operator %s has no gradient; train another part or variant".formatted(operator.name()));
    }
    return List.of(graph.add(inverse, gradient));
  }

  private static List<Value> slices(Graph graph, Node node, Value gradient) {
    List<Value> slices = new ArrayList<>();
    int first = 0;
    for (Value input : node.inputs()) {
      int channels = input.type().shape().c();
      slices.add(graph.add(new ChannelSlice(first, channels), gradient));
      first += channels;
    }
    return slices;
  }

  /** The sum over each channel's pixels: the gradient of one value a channel. */
  static Value pixelSum(Graph graph, Value value) {
    Shape s = value.type().shape();
    return graph.add(new BlockSum(s.h(), s.w(), 1), value);
  }
}
