package dev.loupe.timing;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.network.Networks;
import dev.loupe.network.RandomWeights;
import dev.loupe.op.Precision;
import dev.loupe.op.Roofline;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.RelativeError;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The comparison of a network's speed with the limits of the device: a whole frame with random
 * weights, and each kind of operator in it.
 *
 * @param device as {@code -d} takes it, or null
 * @param binding as {@code --binding} takes it, or null
 * @param precision of the networks' tensors; the limits are those of fp32, which matrix units may
 *     pass with halves
 */
public record RooflineBench(String device, String binding, Precision precision) {
  public static final int SCALE = 4;

  /** Deep residual sums neither vanish nor grow without bound. */
  private static final float GAIN = 0.5f;

  /** Of the output's range: deep networks round each of their tensors to 11 bits. */
  private static final double HALF_TOLERANCE = 1e-2;

  /** A processor's time is counted in hundredths of a second. */
  private static final double LEAST_NANOS = 2e8;

  private static final int SMALL_HEIGHT = 9;
  private static final int SMALL_WIDTH = 11;

  /**
   * The speed of a network's frame, or of one kind of operator in it.
   *
   * @param ms of a run
   * @param gflops 2 for each multiply-add of the mathematics
   * @param executed GFLOP/s of what the kernels execute
   * @param ofMultiplyAdds share of the device's own GFLOP/s
   * @param gigabytes GB/s, each tensor read and written once
   * @param ofCopy share of the device's own GB/s
   * @param ofRoof the least time by both limits, over that taken
   */
  public record Speed(
      double ms,
      double gflops,
      double executed,
      double ofMultiplyAdds,
      double gigabytes,
      double ofCopy,
      double ofRoof) {
    private Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("ms", ms);
      json.put("gflops", gflops);
      json.put("gflops_executed", executed);
      json.put("share_of_multiply_adds", ofMultiplyAdds);
      json.put("gigabytes_per_second", gigabytes);
      json.put("share_of_copy", ofCopy);
      json.put("share_of_roof", ofRoof);
      return json;
    }
  }

  /** The speed of all operators of a name, and their share of the frame's time. */
  public record OperatorSpeed(String operator, double ofTime, Speed speed) {
    private Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("operator", operator);
      json.put("share_of_time", ofTime);
      json.putAll(speed.json());
      return json;
    }
  }

  /** What was measured of a network: the whole frame, and its operators by falling time. */
  public record Result(
      String network, Variant variant, Speed whole, List<OperatorSpeed> operators) {
    public Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("network", network);
      json.put("variant", variant.toString());
      json.putAll(whole.json());
      json.put("operators", operators.stream().map(OperatorSpeed::json).toList());
      return json;
    }
  }

  /** What is executed and moved, and how long it took. */
  private static final class Tally {
    private long multiplyAdds;
    private long executed;
    private long bytes;
    private double roofNanos;
    private double nanos;

    /** Each tensor is read and written once; weights, which stay in caches, are left out. */
    private void add(Node node, Roofline roofline, boolean winograd) {
      long ran = winograd ? node.cost().executed() : node.cost().multiplyAdds();
      long moved = bytes(node.output().type());
      for (Value input : node.inputs()) {
        moved += bytes(input.type());
      }
      // What takes over its input's memory, or is where its inputs already are, moves less.
      moved = node.operator().concatenates() ? 0 : moved;
      multiplyAdds += node.cost().multiplyAdds();
      executed += ran;
      bytes += moved;
      roofNanos += roofline.nanos(ran, moved);
    }

    private static long bytes(TensorType type) {
      return type.shape().elements() * type.elementBytes();
    }

    private Speed speed(Roofline roofline) {
      double ran = 2 * executed / nanos;
      double moved = bytes / nanos;
      return new Speed(
          Figures.rounded(Figures.millis(nanos)),
          Figures.rounded(2 * multiplyAdds / nanos),
          Figures.rounded(ran),
          Figures.rounded(ran / roofline.gflops()),
          Figures.rounded(moved),
          Figures.rounded(moved / roofline.gigabytes()),
          Figures.rounded(roofNanos / nanos));
    }
  }

  /** The limits of the device. */
  public Roofline limits() {
    try (GraphBench bench = new GraphBench(device, binding, graph("fsrcnn", Variant.BASE, 8, 8))) {
      return bench.roofline();
    }
  }

  /**
   * Verifies a small frame and times a large one.
   *
   * @throws IllegalStateException if the small frame's output is wrong; nothing is timed then
   */
  public Result run(
      String network, Variant variant, int width, int height, int runs, Roofline roofline) {
    verify(network, variant);
    Graph graph = graph(network, variant, height, width);
    Tally whole = new Tally();
    Map<String, Tally> byOperator = new LinkedHashMap<>();
    try (GraphBench bench = new GraphBench(device, binding, graph)) {
      for (Node node : graph.nodes()) {
        byOperator
            .computeIfAbsent(node.operator().name(), name -> new Tally())
            .add(node, roofline, bench.isWinograd());
        whole.add(node, roofline, bench.isWinograd());
      }
      bench.write(LadderRung.noise(graph.inputs().get(0).type().shape()));
      bench.run();
      time(bench, runs, whole, byOperator);
    }
    List<OperatorSpeed> operators =
        byOperator.entrySet().stream()
            .filter(entry -> entry.getValue().nanos > 0)
            .sorted((a, b) -> Double.compare(b.getValue().nanos, a.getValue().nanos))
            .map(entry -> speed(entry.getKey(), entry.getValue(), whole, roofline))
            .toList();
    return new Result(network, variant, whole.speed(roofline), operators);
  }

  private static OperatorSpeed speed(String operator, Tally work, Tally whole, Roofline roofline) {
    double ofTime = Figures.rounded(work.nanos / whole.nanos);
    return new OperatorSpeed(operator, ofTime, work.speed(roofline));
  }

  /**
   * The mean of {@code runs} runs or more by the device's clock. Where the device is the processor
   * itself, other programs take turns on it, and the time that this one had counts: that of all
   * processors over their number.
   */
  private static void time(GraphBench bench, int runs, Tally whole, Map<String, Tally> byOperator) {
    double before = Roofline.processorNanos();
    double took = 0;
    long measured = 0;
    int done = 0;
    Map<String, Long> sums = new HashMap<>();
    while (done < runs || (bench.isCpu() && took < LEAST_NANOS)) {
      GraphBench.Times times = bench.time();
      measured += times.whole();
      times.operators().forEach((name, nanos) -> sums.merge(name, nanos, Long::sum));
      took = bench.isCpu() ? Roofline.processorNanos() - before : measured;
      done++;
    }
    double scale = took / measured / done;
    whole.nanos = took / done;
    byOperator.forEach((name, work) -> work.nanos = sums.getOrDefault(name, 0L) * scale);
  }

  private void verify(String network, Variant variant) {
    Graph graph = graph(network, variant, SMALL_HEIGHT, SMALL_WIDTH);
    Value src = graph.inputs().get(0);
    FloatTensor input = LadderRung.noise(src.type().shape());
    FloatTensor expected =
        new ReferenceGraph(graph).run(Map.of(src, input), node -> {}).get(graph.outputs().get(0));
    try (GraphBench bench = new GraphBench(device, binding, graph)) {
      bench.write(input);
      bench.run();
      LadderBench.requireRight(
          network, RelativeError.of(expected.data(), bench.read().data()), tolerance());
    }
  }

  private double tolerance() {
    return precision == Precision.FP32 ? LadderBench.TOLERANCE : HALF_TOLERANCE;
  }

  private Graph graph(String network, Variant variant, int height, int width) {
    GuidedScheme scheme =
        new GuidedScheme(
            Networks.of(ModelMetadata.of(network, SCALE)),
            new RandomWeights(1, GAIN),
            ModelMetadata.DEFAULT_P,
            1f,
            1);
    FrameSpec spec =
        FrameSpec.floats(width, height, variant, PatchCount.NONE).withPrecision(precision);
    return scheme.build(spec).graph();
  }
}
