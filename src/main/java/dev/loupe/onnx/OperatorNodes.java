package dev.loupe.onnx;

import dev.loupe.op.Activate;
import dev.loupe.op.Concat;
import dev.loupe.op.Conv2d;
import dev.loupe.op.ConvTranspose2d;
import dev.loupe.op.ExtendEdges;
import dev.loupe.op.GlobalAverage;
import dev.loupe.op.MaxPool2d;
import dev.loupe.op.Operator;
import dev.loupe.op.Parameter;
import dev.loupe.op.PixelShuffle;
import dev.loupe.op.ScaleChannels;
import dev.loupe.op.TensorType;
import dev.loupe.op.UpsampleBilinear;
import dev.loupe.op.UpsampleNearest;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.Shape;
import java.util.List;

/** The ONNX nodes of each operator (github.com/onnx/onnx, docs/Operators.md, opset 13). */
final class OperatorNodes {
  private static final int ALL = Integer.MAX_VALUE;

  private final OnnxModel model;
  private final Shape frame;
  private final boolean anySize;

  /**
   * Nodes appended to {@code model}.
   *
   * @param frame the shape of the model's input
   * @param anySize whether that is but an example
   */
  OperatorNodes(OnnxModel model, Shape frame, boolean anySize) {
    this.model = model;
    this.frame = frame;
    this.anySize = anySize;
  }

  /**
   * Appends the nodes of one operator, the last of which makes {@code output}.
   *
   * @throws IllegalArgumentException if ONNX has none, or none for every size
   */
  void add(
      Operator operator, List<String> in, List<TensorType> types, TensorType type, String output) {
    String[] inputs = in.toArray(String[]::new);
    if (operator instanceof Conv2d conv) {
      add(conv, in, output);
    } else if (operator instanceof Activate activate) {
      activate(activate.activation(), activate.slopes(), in.get(0), output);
    } else if (operator instanceof Concat) {
      model.node(new OnnxNode("Concat", output, inputs).with("axis", 1));
    } else if (operator instanceof ScaleChannels) {
      model.node(new OnnxNode("Mul", output + ".scaled", in.get(0), in.get(1)));
      model.node(new OnnxNode("Add", output, output + ".scaled", in.get(2)));
    } else if (operator instanceof PixelShuffle shuffle) {
      model.node(
          new OnnxNode("DepthToSpace", output, inputs)
              .with("blocksize", shuffle.factor())
              .with("mode", "CRD"));
    } else if (operator instanceof MaxPool2d pool) {
      model.node(
          new OnnxNode("MaxPool", output, inputs)
              .with("kernel_shape", new int[] {pool.filter(), pool.filter()})
              .with("strides", new int[] {pool.stride(), pool.stride()}));
    } else if (operator instanceof GlobalAverage) {
      model.node(new OnnxNode("GlobalAveragePool", output, inputs));
    } else if (operator instanceof UpsampleNearest nearest) {
      add(nearest, in.get(0), output);
    } else if (operator instanceof UpsampleBilinear bilinear) {
      add(bilinear, type.shape(), in.get(0), output);
    } else if (operator instanceof ExtendEdges extend && !anySize) {
      add(extend, types.get(0).shape(), in.get(0), output);
    } else {
      throw new IllegalArgumentException(
          "export: operator %s has no ONNX form%s"
              .formatted(operator.name(), anySize ? " for frames of any size; give a size" : ""));
    }
  }

  /** As its fused forms: conv, conv + operand, or sigmoid(conv) * operand, then the activation. */
  private void add(Conv2d conv, List<String> in, String output) {
    boolean operand = in.size() == 2;
    boolean activates = conv.activation().kind() != Activation.Kind.NONE;
    String summed = activates ? output + ".linear" : output;
    String convolved = operand ? output + ".conv" : summed;
    int pad = conv.geometry().padding();
    String weights = weights(conv.weights());
    OnnxNode node =
        conv.bias() == null
            ? new OnnxNode("Conv", convolved, in.get(0), weights)
            : new OnnxNode("Conv", convolved, in.get(0), weights, vector(conv.bias()));
    int stride = conv.geometry().stride();
    model.node(
        node.with(
                "kernel_shape",
                new int[] {conv.geometry().filterHeight(), conv.geometry().filterWidth()})
            .with("pads", new int[] {pad, pad, pad, pad})
            .with("strides", new int[] {stride, stride}));
    if (conv.gate()) {
      model.node(new OnnxNode("Sigmoid", output + ".gate", convolved));
      model.node(new OnnxNode("Mul", summed, in.get(1), output + ".gate"));
    } else if (operand) {
      model.node(new OnnxNode("Add", summed, convolved, in.get(1)));
    }
    if (activates) {
      activate(conv.activation(), conv.slopes(), summed, output);
    }
  }

  /** The transposed convolution with its pixel shuffle. */
  void add(ConvTranspose2d conv, String src, String output) {
    int pad = conv.padding();
    int scale = conv.scale();
    int filter = conv.filters().h();
    model.node(
        new OnnxNode("ConvTranspose", output, src, weights(conv.weights()), vector(conv.bias()))
            .with("kernel_shape", new int[] {filter, filter})
            .with("pads", new int[] {pad, pad, pad, pad})
            .with("strides", new int[] {scale, scale})
            .with("output_padding", new int[] {scale - 1, scale - 1}));
  }

  private void activate(Activation activation, Parameter slopes, String src, String output) {
    switch (activation.kind()) {
      case NONE -> model.node(new OnnxNode("Identity", output, src));
      case RELU -> model.node(new OnnxNode("Relu", output, src));
      case SIGMOID -> model.node(new OnnxNode("Sigmoid", output, src));
      case LEAKY_RELU ->
          model.node(new OnnxNode("LeakyRelu", output, src).with("alpha", activation.slope()));
      case PRELU -> {
        float[] values = slopes.value().data();
        if (values.length == 1) {
          // With one slope it is a LeakyRelu, which other engines fuse with the convolution.
          model.node(new OnnxNode("LeakyRelu", output, src).with("alpha", values[0]));
        } else {
          String slope = model.floats(slopes.name(), List.of(values.length, 1, 1), values);
          model.node(new OnnxNode("PRelu", output, src, slope));
        }
      }
    }
  }

  private void add(UpsampleNearest nearest, String src, String output) {
    float scale = nearest.scale();
    String scales =
        model.floats("scales." + nearest.scale(), List.of(4), new float[] {1, 1, scale, scale});
    model.node(
        new OnnxNode("Resize", output, src, "", scales)
            .with("mode", "nearest")
            .with("nearest_mode", "floor")
            .with("coordinate_transformation_mode", "asymmetric"));
  }

  private void add(UpsampleBilinear bilinear, Shape shape, String src, String output) {
    String sizes =
        anySize
            ? sizesByFactor(bilinear, shape.c(), output)
            : model.integers(output + ".sizes", 1, shape.c(), bilinear.height(), bilinear.width());
    model.node(
        new OnnxNode("Resize", output, src, "", "", sizes)
            .with("mode", "linear")
            .with("coordinate_transformation_mode", "half_pixel"));
  }

  /** The sizes (1, channels, factor * H, factor * W) of whatever frame H x W comes in. */
  private String sizesByFactor(UpsampleBilinear bilinear, int channels, String output) {
    int factor = bilinear.height() / frame.h();
    if (bilinear.height() != factor * frame.h() || bilinear.width() != factor * frame.w()) {
      throw new IllegalArgumentException(
          "export: upsample_bilinear to %dx%d is no multiple of the frame %dx%d; give a size"
              .formatted(bilinear.width(), bilinear.height(), frame.w(), frame.h()));
    }
    String name = output + ".sizes";
    model.node(new OnnxNode("Shape", name + ".frame", OnnxExport.INPUT));
    model.node(
        new OnnxNode(
            "Slice",
            name + ".plane",
            name + ".frame",
            model.integers("plane.starts", 2),
            model.integers("plane.ends", 4)));
    String factors = model.integers("factor." + factor, factor);
    model.node(new OnnxNode("Mul", name + ".scaled", name + ".plane", factors));
    String channel = model.integers("channels." + channels, 1, channels);
    model.node(new OnnxNode("Concat", name, channel, name + ".scaled").with("axis", 0));
    return name;
  }

  private void add(ExtendEdges extend, Shape src, String in, String output) {
    String cut = output + ".cut";
    model.node(
        new OnnxNode(
            "Slice",
            cut,
            in,
            model.integers(output + ".starts", 0, 0, 0, 0),
            model.integers(output + ".ends", ALL, ALL, extend.height(), extend.width())));
    int below = Math.max(0, extend.height() - src.h());
    int right = Math.max(0, extend.width() - src.w());
    String pads = model.integers(output + ".pads", 0, 0, 0, 0, 0, 0, below, right);
    model.node(new OnnxNode("Pad", output, cut, pads).with("mode", "edge"));
  }

  private String weights(Parameter parameter) {
    Shape s = parameter.value().shape();
    return model.floats(
        parameter.name(), List.of(s.n(), s.c(), s.h(), s.w()), parameter.value().data());
  }

  private String vector(Parameter parameter) {
    float[] values = parameter.value().data();
    return model.floats(parameter.name(), List.of(values.length), values);
  }
}
