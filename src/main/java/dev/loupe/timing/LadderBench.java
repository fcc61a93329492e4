package dev.loupe.timing;

import dev.loupe.graph.Graph;
import dev.loupe.op.Roofline;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.RelativeError;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The timing of the ladder's rungs: from a tensor in device memory to a tensor in device memory,
 * its result held against the reference first.
 *
 * @param device as {@code -d} takes it, or null
 * @param binding as {@code --binding} takes it, or null
 */
public record LadderBench(String device, String binding) {
  /** The largest {@link RelativeError} with which anything is timed. */
  static final double TOLERANCE = 1e-4;

  public static final String HOW =
      "the first and the last corner of the output, each against plain Java on a crop of the"
          + " input with the whole halo";

  private static final int WARM_UPS = 2;

  /**
   * What was measured.
   *
   * @param device that measured
   * @param binding that it was reached through
   * @param name of the rung
   * @param minMs fastest run
   * @param medianMs median run
   * @param cpuMs time of all processors that a run took, over their number: what the fastest run
   *     would take if nobody else used them, where the device is the processor itself
   * @param gflops 2 for each multiply-add of the network's mathematics, in the fastest run
   * @param maxError the {@link RelativeError}
   * @param peakDeviceMb device memory
   */
  public record Result(
      String device,
      String binding,
      String name,
      double minMs,
      double medianMs,
      double cpuMs,
      double gflops,
      double maxError,
      double peakDeviceMb) {
    /** The rung's row; device and binding are the same in all. */
    public Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("name", name);
      json.put("min_ms", minMs);
      json.put("median_ms", medianMs);
      json.put("cpu_ms", cpuMs);
      json.put("gflops", gflops);
      json.put("max_error", maxError);
      json.put("peak_device_mb", peakDeviceMb);
      return json;
    }
  }

  /**
   * Verifies and times a frame.
   *
   * @throws IllegalStateException if the output is wrong; nothing is timed then
   */
  public Result run(LadderRung rung, int width, int height, int runs) {
    Graph graph = rung.graph(height, width);
    FloatTensor input = LadderRung.noise(graph.inputs().get(0).type().shape());
    try (GraphBench bench = new GraphBench(device, binding, graph)) {
      bench.write(input);
      bench.run();
      double error = rung.error(input, bench.read());
      requireRight(rung.name(), error, TOLERANCE);
      for (int i = 0; i < WARM_UPS; i++) {
        bench.run();
      }
      double[] times = new double[runs];
      double before = Roofline.processorNanos();
      for (int i = 0; i < runs; i++) {
        long start = System.nanoTime();
        bench.run();
        times[i] = Figures.millis(System.nanoTime() - start);
      }
      double spent = Roofline.processorNanos() - before;
      double fastest = Arrays.stream(times).min().orElseThrow();
      return new Result(
          bench.deviceName(),
          bench.bindingName(),
          rung.name(),
          Figures.rounded(fastest),
          Figures.rounded(Figures.median(times)),
          Figures.rounded(Figures.millis(spent / runs)),
          Figures.rounded(Figures.gflops(graph.cost().multiplyAdds(), fastest)),
          error,
          Figures.mb(bench.peakBytes()));
    }
  }

  /** Throws {@link IllegalStateException} where the output of {@code graph} is off by too much. */
  static void requireRight(String graph, double error, double tolerance) {
    if (!(error <= tolerance)) {
      throw new IllegalStateException(
          "wrong output of %s, nothing is timed: its error is %.1e of the range; see 'loupe doctor'"
              .formatted(graph, error));
    }
  }
}
