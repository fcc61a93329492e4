package dev.loupe.cli;

import dev.loupe.graph.Graph;
import dev.loupe.graph.Node;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.Variant;
import dev.loupe.network.Networks;
import dev.loupe.network.RandomWeights;
import dev.loupe.op.Roofline;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.RelativeError;
import dev.loupe.weights.ModelMetadata;
import java.util.ArrayList;
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
 */
record RooflineBench(String device, String binding) {
  /** The networks, from small to large. */
  static final List<String> NETWORKS = List.of("fsrcnn", "rfdn", "pan", "srresnet", "rcan");

  static final int SCALE = 4;

  /** Deep residual sums neither vanish nor grow without bound. */
  private static final float GAIN = 0.5f;

  private static final int SMALL_HEIGHT = 9;
  private static final int SMALL_WIDTH = 11;

  /** What is executed and moved, and how long it took. */
  private static final class Work {
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

    private Map<String, Object> json(Roofline roofline) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("ms", Figures.rounded(Figures.millis(nanos)));
      json.put("gflops", Figures.rounded(2 * multiplyAdds / nanos));
      json.put("gflops_executed", Figures.rounded(2 * executed / nanos));
      json.put("share_of_multiply_adds", Figures.rounded(2 * executed / nanos / roofline.gflops()));
      json.put("gigabytes_per_second", Figures.rounded(bytes / nanos));
      json.put("share_of_copy", Figures.rounded(bytes / nanos / roofline.gigabytes()));
      json.put("share_of_roof", Figures.rounded(roofNanos / nanos));
      return json;
    }
  }

  /** The limits of the device. */
  Roofline limits() {
    try (GraphBench bench = new GraphBench(device, binding, graph("fsrcnn", Variant.BASE, 8, 8))) {
      return bench.roofline();
    }
  }

  /**
   * Verifies a small frame and times a large one.
   *
   * @return the whole's figures, with a list of its operators' by falling time
   * @throws IllegalStateException if the small frame's output is wrong; nothing is timed then
   */
  Map<String, Object> run(
      String network, Variant variant, FrameSize size, int runs, Roofline roofline) {
    verify(network, variant);
    Graph graph = graph(network, variant, size.height(), size.width());
    Work whole = new Work();
    Map<String, Work> byOperator = new LinkedHashMap<>();
    try (GraphBench bench = new GraphBench(device, binding, graph)) {
      for (Node node : graph.nodes()) {
        byOperator
            .computeIfAbsent(node.operator().name(), name -> new Work())
            .add(node, roofline, bench.isWinograd());
        whole.add(node, roofline, bench.isWinograd());
      }
      bench.write(LadderRung.noise(graph.inputs().get(0).type().shape()));
      bench.run();
      time(bench, runs, whole, byOperator);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("network", network);
    json.put("variant", variant.toString());
    json.putAll(whole.json(roofline));
    List<Map<String, Object>> operators = new ArrayList<>();
    byOperator.entrySet().stream()
        .filter(entry -> entry.getValue().nanos > 0)
        .sorted((a, b) -> Double.compare(b.getValue().nanos, a.getValue().nanos))
        .forEach(
            entry -> {
              Map<String, Object> operator = new LinkedHashMap<>();
              operator.put("operator", entry.getKey());
              operator.put("share_of_time", Figures.rounded(entry.getValue().nanos / whole.nanos));
              operator.putAll(entry.getValue().json(roofline));
              operators.add(operator);
            });
    json.put("operators", operators);
    return json;
  }

  /**
   * The mean of some runs by the device's clock. Where the device is the processor itself, other
   * programs take turns on it, and the time that this one had counts: that of all processors over
   * their number.
   */
  private static void time(GraphBench bench, int runs, Work whole, Map<String, Work> byOperator) {
    double before = Roofline.processorNanos();
    long measured = 0;
    Map<String, Long> sums = new HashMap<>();
    for (int i = 0; i < runs; i++) {
      GraphBench.Times times = bench.time();
      measured += times.whole();
      times.operators().forEach((name, nanos) -> sums.merge(name, nanos, Long::sum));
    }
    double took = bench.isCpu() ? Roofline.processorNanos() - before : measured;
    double scale = took / measured / runs;
    whole.nanos = took / runs;
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
      double error = RelativeError.of(expected.data(), bench.read().data());
      if (!(error <= LadderBench.TOLERANCE)) {
        throw new IllegalStateException(
            "wrong output of %s, nothing is timed: its error is %.1e of the range; see 'loupe doctor'"
                .formatted(network, error));
      }
    }
  }

  private static Graph graph(String network, Variant variant, int height, int width) {
    GuidedScheme scheme =
        new GuidedScheme(
            Networks.of(ModelMetadata.of(network, SCALE)),
            new RandomWeights(1, GAIN),
            ModelMetadata.DEFAULT_P,
            1f,
            1);
    return scheme
        .build(FrameSpec.floats(height, width, variant, PatchCount.NONE).withoutFeature())
        .graph();
  }
}
