package dev.loupe.guided;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Value;
import dev.loupe.network.Network;
import dev.loupe.network.NetworkBuilder;
import dev.loupe.network.Picture;
import dev.loupe.network.WeightSource;
import dev.loupe.op.AllCells;
import dev.loupe.op.Conv2d;
import dev.loupe.op.ExtendEdges;
import dev.loupe.op.Layout;
import dev.loupe.op.ListedCells;
import dev.loupe.op.Parameter;
import dev.loupe.op.PatchScatter;
import dev.loupe.op.PixelShuffle;
import dev.loupe.op.PixelsToTensor;
import dev.loupe.op.TensorToPixels;
import dev.loupe.op.TensorType;
import dev.loupe.op.TopK;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mask-guided scheme around one network (paper section 3): Base-Net restores the frame, the
 * mask says where it is still under-resolved, Refine-Net restores the K worst patches again.
 *
 * @param network Base-Net and Refine-Net
 * @param weights of all three parts
 * @param p side of a patch in low-resolution pixels
 * @param range the value of white that the weights were trained with
 * @param batch patches that go through Refine-Net together
 * @param prediction of the mask
 */
public record GuidedScheme(
    Network network,
    WeightSource weights,
    int p,
    float range,
    int batch,
    MaskPrediction prediction) {
  private static final long RANDOM_SEED = 2022;

  /** The scheme with the paper's mask prediction. */
  public GuidedScheme(Network network, WeightSource weights, int p, float range, int batch) {
    this(network, weights, p, range, batch, MaskPrediction.TWO_CLASSES);
  }

  /**
   * The graph of one frame.
   *
   * @throws IllegalArgumentException if the variant refines and the network has no Refine-Net
   */
  public FrameGraph build(FrameSpec spec) {
    requireRefineNet(spec.variant());
    Graph graph = new Graph();
    NetworkBuilder net = new NetworkBuilder(graph, weights);
    Value input = graph.input("input", spec.input());
    Value lowRes = extend(graph, lowRes(graph, input));
    Shape size = lowRes.type().shape();
    int gridWidth = Blocks.count(size.w(), p);
    int cells = Math.multiplyExact(Blocks.count(size.h(), p), gridWidth);
    int patches = patches(spec, cells);

    graph.stage("base");
    Value feature = network.feature(net, lowRes);
    Optional<Value> mask = Optional.empty();
    Optional<Value> selected = Optional.empty();
    Optional<Value> refined = Optional.empty();
    if (spec.variant() == Variant.MASK) {
      graph.stage("mask");
      mask = Optional.of(prediction.predict(net, feature, p));
    }
    if (patches > 0) {
      graph.stage("top-k");
      selected = Optional.of(select(net, mask, patches, spec.order(), cells));
      refined = Optional.of(refine(net, lowRes, selected.get(), feature));
    }
    Picture picture = picture(net, spec.variant(), lowRes, feature);
    if (refined.isPresent()) {
      picture = paste(graph, picture, refined.get(), selected.get());
    }

    Value output = output(graph, crop(graph, picture, spec.input().shape()), spec.input());
    graph.output(output);
    mask.ifPresent(graph::output);
    selected.ifPresent(graph::output);
    Optional<Value> kept = spec.keepFeature() ? Optional.of(feature) : Optional.empty();
    kept.ifPresent(graph::output);
    return new FrameGraph(graph, input, output, kept, mask, selected, gridWidth, cells, patches);
  }

  /**
   * Asks the weights for every tensor that {@code variant} needs, by its name and shape.
   *
   * @throws RuntimeException of the weights, if one is missing or misshapen
   */
  public void askForWeights(Variant variant) {
    int side = 16 * p; // any will do that gives every layer something to do
    build(FrameSpec.floats(side, side, variant, PatchCount.of(1)));
  }

  private static int patches(FrameSpec spec, int cells) {
    return switch (spec.variant()) {
      case BASE, FULL -> 0;
      case ALL -> cells;
      case MASK -> spec.k().among(cells);
    };
  }

  private Value lowRes(Graph graph, Value input) {
    if (input.type().layout() == Layout.FRAME) {
      return input;
    }
    graph.stage("upload");
    return graph.add(new PixelsToTensor(range), input);
  }

  private void requireRefineNet(Variant variant) {
    if (variant != Variant.BASE && !network.hasRefineNet()) {
      throw new IllegalArgumentException(
          "network '%s' has no Refine-Net, so it cannot run variant '%s'; use 'base'"
              .formatted(network.name(), variant));
    }
  }

  /** A frame too small for Base-Net is extended by its edge, and its picture cropped again. */
  private Value extend(Graph graph, Value lowRes) {
    Shape size = lowRes.type().shape();
    int height = Math.max(size.h(), network.minimumSize());
    int width = Math.max(size.w(), network.minimumSize());
    return height == size.h() && width == size.w()
        ? lowRes
        : graph.add(new ExtendEdges(height, width), lowRes);
  }

  private Picture crop(Graph graph, Picture picture, Shape lowRes) {
    int height = lowRes.h() * network.scale() / picture.factor();
    int width = lowRes.w() * network.scale() / picture.factor();
    Shape size = picture.value().type().shape();
    return height == size.h() && width == size.w()
        ? picture
        : new Picture(graph.add(new ExtendEdges(height, width), picture.value()), picture.factor());
  }

  private static Value select(
      NetworkBuilder net, Optional<Value> mask, int patches, PatchOrder order, int cells) {
    if (mask.isEmpty()) {
      return net.add(new AllCells(patches));
    }
    return switch (order) {
      case LARGEST -> net.add(new TopK(patches), mask.get());
      case SMALLEST -> net.add(new TopK(patches), negated(net, mask.get()));
      case RANDOM -> net.add(ListedCells.random(patches, cells, RANDOM_SEED));
    };
  }

  /** A convolution by -1 is exact. */
  private static Value negated(NetworkBuilder net, Value mask) {
    FloatTensor minusOne = new FloatTensor(new Shape(1, 1, 1, 1), new float[] {-1});
    return net.add(
        new Conv2d(
            new Parameter("minus_one", minusOne),
            null,
            ConvGeometry.same(1),
            Activation.NONE,
            null),
        mask);
  }

  private Picture picture(NetworkBuilder net, Variant variant, Value lowRes, Value feature) {
    boolean full = variant == Variant.FULL;
    net.graph().stage(full ? "refine" : "base");
    Optional<Value> skip = network.imageSkip(net, lowRes);
    return full ? network.refine(net, feature, skip, false) : network.coarse(net, feature, skip);
  }

  private Value refine(NetworkBuilder net, Value lowRes, Value selected, Value feature) {
    net.graph().stage("refine");
    int patches = selected.type().shape().w();
    Optional<Value> skip = network.imageSkip(net, lowRes);
    List<Value> operands = new ArrayList<>(List.of(selected, feature));
    skip.ifPresent(operands::add);
    return net.add(
        new RefinePatches(
            network, weights, p, patches, batch, skip.isPresent(), feature.type().precision()),
        operands.toArray(Value[]::new));
  }

  private Picture paste(Graph graph, Picture coarse, Value refined, Value selected) {
    graph.stage("scatter");
    PatchScatter scatter = new PatchScatter(refined.type().shape().h());
    return new Picture(graph.add(scatter, coarse.value(), refined, selected), coarse.factor());
  }

  private Value output(Graph graph, Picture picture, TensorType input) {
    graph.stage("download");
    if (input.layout() == Layout.FRAME) {
      return picture.factor() == 1
          ? picture.value()
          : graph.add(new PixelShuffle(picture.factor()), picture.value());
    }
    return graph.add(
        new TensorToPixels(picture.factor(), range, input.shape().c(), input.layout()),
        picture.value());
  }
}
