package dev.loupe.timing;

import dev.loupe.graph.Graph;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.network.RandomWeights;
import dev.loupe.network.SrResNet;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.RelativeError;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One graph of the ladder on which engines are compared: from a plain chain of convolutions to a
 * whole network, with random weights.
 *
 * @param name as in reports
 * @param halo input pixels around a pixel that its output depends on
 * @param scale output pixels a side of an input pixel
 * @param builder makes the graph of any frame size
 */
public record LadderRung(String name, int halo, int scale, Builder builder) {
  private static final RandomWeights WEIGHTS = new RandomWeights(1, 2);

  /** Trusted pixels a side of each crop: a Winograd tile, a vector of 16 lanes, and some. */
  private static final int TRUSTED = 23;

  /** What makes a graph for a frame of (1, 3, height, width). */
  @FunctionalInterface
  public interface Builder {
    /** The graph of one input and one output. */
    Graph build(int height, int width);
  }

  /** The five rungs. */
  public static List<LadderRung> all() {
    Network fsrcnn = Fsrcnn.ofScale(4);
    Network srResNet = new SrResNet(4, 16, 1);
    return List.of(
        chain(64),
        chain(48),
        chain(40),
        // 5x5, three 3x3, and a 9x9 filter that steps by quarter pixels
        new LadderRung("fsrcnn_base", 2 + 3 + 2, 4, base(fsrcnn)),
        // 9x9, 33 and two 3x3 (the second on half pixels), 9x9 on quarter pixels
        new LadderRung("srresnet_like", 4 + 33 + 2 + 1, 4, base(srResNet)));
  }

  /** One conv 3 to C and eight conv C to C, 3x3, each with ReLU. */
  private static LadderRung chain(int channels) {
    int layers = 9;
    return new LadderRung(
        "c" + channels,
        layers,
        1,
        (height, width) -> {
          Graph graph = new Graph();
          NetworkBuilder net = new NetworkBuilder(graph, WEIGHTS);
          Value x = graph.input("input", TensorType.frame(3, height, width));
          for (int i = 0; i < layers; i++) {
            x = net.conv(Integer.toString(i), x, channels, 3).relu();
          }
          graph.output(x);
          return graph;
        });
  }

  private static Builder base(Network network) {
    GuidedScheme scheme = new GuidedScheme(network, WEIGHTS, ModelMetadata.DEFAULT_P, 1f, 1);
    return (height, width) ->
        scheme.build(FrameSpec.floats(width, height, Variant.BASE, PatchCount.of(0))).graph();
  }

  /** The graph of a frame. */
  public Graph graph(int height, int width) {
    return builder.build(height, width);
  }

  /** An input of uniform noise from 0 to 1, the same on every run. */
  public static FloatTensor noise(Shape shape) {
    FloatTensor tensor = FloatTensor.zeros(shape);
    Random random = new Random(1);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = random.nextFloat();
    }
    return tensor;
  }

  /**
   * Holds a result against the reference in its first and its last corner, each computed from a
   * crop of the input with the whole halo, and so exactly.
   *
   * @return the larger {@link RelativeError}
   */
  public double error(FloatTensor input, FloatTensor output) {
    Shape in = input.shape();
    int height = Math.min(in.h(), TRUSTED + halo);
    int width = Math.min(in.w(), TRUSTED + halo);
    double first = errorOfCrop(input, output, 0, 0, height, width);
    return Math.max(
        first, errorOfCrop(input, output, in.h() - height, in.w() - width, height, width));
  }

  private double errorOfCrop(
      FloatTensor input, FloatTensor output, int top, int left, int height, int width) {
    Graph graph = graph(height, width);
    Value src = graph.inputs().get(0);
    FloatTensor expected =
        new ReferenceGraph(graph)
            .run(Map.of(src, crop(input, top, left, height, width)), node -> {})
            .get(graph.outputs().get(0));
    int trustedHeight = height == input.shape().h() ? height : TRUSTED;
    int trustedWidth = width == input.shape().w() ? width : TRUSTED;
    int skipTop = top == 0 ? 0 : height - trustedHeight;
    int skipLeft = left == 0 ? 0 : width - trustedWidth;
    return RelativeError.of(
        crop(
                expected,
                skipTop * scale,
                skipLeft * scale,
                trustedHeight * scale,
                trustedWidth * scale)
            .data(),
        crop(
                output,
                (top + skipTop) * scale,
                (left + skipLeft) * scale,
                trustedHeight * scale,
                trustedWidth * scale)
            .data());
  }

  private static FloatTensor crop(FloatTensor tensor, int top, int left, int height, int width) {
    FloatTensor crop = FloatTensor.zeros(tensor.shape().withSize(height, width));
    for (int c = 0; c < crop.shape().c(); c++) {
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            tensor.data(),
            tensor.index(0, c, top + y, left),
            crop.data(),
            crop.index(0, c, y, 0),
            width);
      }
    }
    return crop;
  }
}
