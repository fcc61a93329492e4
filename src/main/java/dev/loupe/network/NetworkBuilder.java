package dev.loupe.network;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Value;
import dev.loupe.op.Concat;
import dev.loupe.op.Conv2d;
import dev.loupe.op.ConvTranspose2d;
import dev.loupe.op.Operator;
import dev.loupe.op.Parameter;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import java.util.List;

/** A graph under construction from named weights; layers are named as in PyTorch's state_dict. */
public final class NetworkBuilder {
  private final Graph graph;
  private final WeightSource weights;

  /** A builder that appends to {@code graph}. */
  public NetworkBuilder(Graph graph, WeightSource weights) {
    this.graph = graph;
    this.weights = weights;
  }

  public Graph graph() {
    return graph;
  }

  /** The tensor {@code name} of exactly {@code dims}. */
  public Parameter parameter(String name, int... dims) {
    return new Parameter(name, weights.tensor(name, dims));
  }

  /** Appends any operator. */
  public Value add(Operator operator, Value... inputs) {
    return graph.add(operator, inputs);
  }

  /** The values one after another along the channels. */
  public Value concat(List<Value> values) {
    return add(new Concat(), values.toArray(Value[]::new));
  }

  /** Starts a convolution to {@code channels} with a square filter; see {@link Convolution}. */
  public Convolution conv(String name, Value src, int channels, int filter) {
    return new Convolution(this, name, src, channels, filter);
  }

  /** A transposed convolution that multiplies the size by {@code scale}, as phases of a picture. */
  public Picture convTranspose(String name, Value src, int channels, int filter, int scale) {
    Parameter filters =
        parameter(name + ".weight", src.type().shape().c(), channels, filter, filter);
    Parameter bias = parameter(name + ".bias", channels);
    return new Picture(add(new ConvTranspose2d(filters, bias, scale, filter / 2), src), scale);
  }

  /** A convolution being described; an activation's name, or {@link #linear}, ends it. */
  public static final class Convolution {
    private final NetworkBuilder net;
    private final String name;
    private final Value src;
    private final int channels;
    private final int filter;
    private int stride = 1;
    private int padding;
    private boolean biased = true;
    private Value operand;
    private boolean gate;

    private Convolution(NetworkBuilder net, String name, Value src, int channels, int filter) {
      this.net = net;
      this.name = name;
      this.src = src;
      this.channels = channels;
      this.filter = filter;
      padding = filter / 2;
    }

    /** No padding: the output is filter - 1 smaller. */
    public Convolution valid() {
      padding = 0;
      return this;
    }

    /** No padding where {@code condition} holds. */
    public Convolution validIf(boolean condition) {
      return condition ? valid() : this;
    }

    /** A step other than 1. */
    public Convolution stride(int step) {
      stride = step;
      return this;
    }

    /** No bias. */
    public Convolution unbiased() {
      biased = false;
      return this;
    }

    /** Adds {@code value} to the result, before the activation. */
    public Convolution plus(Value value) {
      operand = value;
      return this;
    }

    /** Makes the result's sigmoid a gate that {@code value} is multiplied by. */
    public Convolution gating(Value value) {
      operand = value;
      gate = true;
      return this;
    }

    /** Ends with no activation. */
    public Value linear() {
      return end(Activation.NONE, null);
    }

    /** Ends with ReLU. */
    public Value relu() {
      return end(Activation.RELU, null);
    }

    /** Ends with LeakyReLU. */
    public Value leakyRelu(float slope) {
      return end(Activation.leakyRelu(slope), null);
    }

    /** Ends with a sigmoid. */
    public Value sigmoid() {
      return end(Activation.SIGMOID, null);
    }

    /** Ends with PReLU, {@code slopes} of them: one, or one a channel. */
    public Value prelu(String preluName, int slopes) {
      return end(Activation.PRELU, net.parameter(preluName + ".weight", slopes));
    }

    private Value end(Activation activation, Parameter slopes) {
      int in = src.type().shape().c();
      Operator conv =
          new Conv2d(
              net.parameter(name + ".weight", channels, in, filter, filter),
              biased ? net.parameter(name + ".bias", channels) : null,
              new ConvGeometry(filter, filter, stride, padding),
              activation,
              slopes,
              gate);
      return operand == null ? net.add(conv, src) : net.add(conv, src, operand);
    }
  }
}
