package dev.loupe.graph;

import dev.loupe.op.AddedConv2d;
import dev.loupe.op.Arrangement;
import dev.loupe.op.Conv2d;
import dev.loupe.op.Parameter;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rewriting of 1x1 convolutions of concatenations as sums of a convolution for each part, each
 * added as soon as its part is there: the parts need not be held until the last one is. Of RFDN's
 * four blocks, 50 channels are held instead of 200.
 *
 * <p>The same products are added in another order, so sums differ in the last bits.
 */
public final class SplitConcats {
  private final Graph source;
  private final Graph graph = new Graph();
  private final Map<Value, Value> values = new HashMap<>();
  private final Map<Value, Sum> sums = new HashMap<>();

  /** A convolution on its way: the concatenation it reads, and its sum over the first parts. */
  private static final class Sum {
    private final Node convolution;
    private final List<Value> parts;
    private int added;
    private Value value;

    private Sum(Node convolution, List<Value> parts) {
      this.convolution = convolution;
      this.parts = parts;
    }
  }

  private SplitConcats(Graph source) {
    this.source = source;
  }

  /** {@code source} rewritten; {@link #of} finds its values. */
  public static SplitConcats rewrite(Graph source) {
    SplitConcats split = new SplitConcats(source);
    source.nodes().forEach(split::find);
    source.inputs().forEach(v -> split.values.put(v, split.graph.input(v.name(), v.type())));
    source.nodes().forEach(split::add);
    source.outputs().forEach(v -> split.graph.output(split.of(v)));
    return split;
  }

  /** The rewritten graph. */
  public Graph graph() {
    return graph;
  }

  /** What {@code value} of the source has become. */
  public Value of(Value value) {
    return values.get(value);
  }

  /** Only where the sum is no larger than any part, lest it take more than they do. */
  private void find(Node concat) {
    Value whole = concat.output();
    List<Node> readers =
        source.nodes().stream().filter(node -> node.inputs().contains(whole)).toList();
    if (!concat.operator().concatenates()
        || readers.size() != 1
        || source.outputs().contains(whole)
        || !(readers.get(0).operator() instanceof Conv2d conv)
        || conv.gate()
        || conv.geometry().taps() > 1
        || conv.geometry().stride() > 1
        || readers.get(0).inputs().size() > 1) {
      return;
    }
    int sum = conv.filters().n();
    if (concat.inputs().stream().allMatch(part -> part.type().shape().c() >= sum)) {
      sums.put(whole, new Sum(readers.get(0), concat.inputs()));
    }
  }

  private void add(Node node) {
    if (sums.containsKey(node.output())) {
      return;
    }
    graph.stage(node.stage());
    Sum own = sums.get(node.inputs().isEmpty() ? null : node.inputs().get(0));
    Value[] inputs = node.inputs().stream().map(values::get).toArray(Value[]::new);
    values.put(node.output(), own == null ? graph.add(node.operator(), inputs) : own.value);
    sums.values().forEach(this::addParts);
  }

  /** Adds the parts that have come to be. */
  private void addParts(Sum sum) {
    Conv2d conv = (Conv2d) sum.convolution.operator();
    while (sum.added < sum.parts.size() && values.containsKey(sum.parts.get(sum.added))) {
      Value part = values.get(sum.parts.get(sum.added));
      int first = sum.parts.stream().limit(sum.added).mapToInt(v -> v.type().shape().c()).sum();
      boolean last = ++sum.added == sum.parts.size();
      Conv2d step = part(conv, first, part.type().shape().c(), sum.value == null, last);
      sum.value =
          sum.value == null
              ? graph.add(step, part)
              : graph.add(new AddedConv2d(step), part, sum.value);
    }
  }

  /** The share of {@code channels} inputs; the first step has the bias, the last the activation. */
  private static Conv2d part(Conv2d conv, int first, int channels, boolean begins, boolean ends) {
    Shape all = conv.filters();
    Shape shape = new Shape(all.n(), channels, 1, 1);
    Arrangement slice =
        Arrangement.of(
            all.n() * channels, place -> place / channels * all.c() + first + place % channels);
    Parameter weights = conv.weights().arranged(shape, slice);
    return new Conv2d(
        weights,
        begins ? conv.bias() : null,
        conv.geometry(),
        ends ? conv.activation() : Activation.NONE,
        ends ? conv.slopes() : null);
  }
}
