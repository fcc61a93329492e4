package dev.loupe.bench;

import ai.onnxruntime.OrtException;
import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.management.OperatingSystemMXBean;
import dev.loupe.graph.Graph;
import dev.loupe.onnx.OnnxExport;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.RelativeError;
import dev.loupe.timing.GraphBench;
import dev.loupe.timing.LadderRung;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The comparison with ONNX Runtime: the same graph with the same weights in the same process, both
 * outputs compared before either is timed, runs of the two taking turns.
 *
 * <pre>
 * mvn -q -Pbench -DskipTests package
 * java -cp "target/test-classes:target/classes:target/lib/*" dev.loupe.bench.PeerBenchmark
 * </pre>
 */
@Command(name = "PeerBenchmark", mixinStandardHelpOptions = true, sortOptions = false)
public final class PeerBenchmark implements Callable<Integer> {
  private static final double TOLERANCE = 1e-4;
  private static final double NANOS_PER_MS = 1e6;
  private static final int LEAST_RUNS = 2;

  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final int processors = system.getAvailableProcessors();

  @Parameters(
      paramLabel = "GRAPH",
      description = "Graphs such as c64 or 'pan full', or parts of their names. Default: all.")
  private List<String> wanted = new ArrayList<>();

  @Option(
      names = {"-d", "--device"},
      description = "OpenCL device, as loupe takes it.")
  private String device;

  @Option(names = "--width", defaultValue = "480", description = "Default: ${DEFAULT-VALUE}.")
  private int width;

  @Option(names = "--height", defaultValue = "270", description = "Default: ${DEFAULT-VALUE}.")
  private int height;

  @Option(
      names = "--seconds",
      defaultValue = "15",
      description = "Time for each graph, but 2 runs of each engine. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(names = "--json", description = "Print one JSON object instead of a table.")
  private boolean json;

  @Option(
      names = "--save",
      paramLabel = "DIR",
      description = "Write DIR/DEVICE.json and a plot of the ratios, DIR/DEVICE.png.")
  private Path folder;

  private String deviceName;

  private PeerBenchmark() {}

  /** Runs the comparison; the exit code is 1 where an output is wrong. */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    System.exit(new CommandLine(new PeerBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws OrtException, IOException {
    List<PeerRow> rows = new ArrayList<>();
    say(PeerRow.HEAD);
    for (PeerGraph graph : PeerGraph.all()) {
      if (wanted.isEmpty() || wanted.stream().anyMatch(graph.name()::contains)) {
        rows.add(compare(graph));
        say(rows.get(rows.size() - 1).toString());
        save(rows);
      }
    }
    if (json) {
      System.out.println(text(rows));
    }
    return 0;
  }

  private String text(List<PeerRow> rows) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("device", deviceName);
    object.put("processors", processors);
    object.put("input", width + "x" + height);
    object.put(
        "peer", "ONNX Runtime " + ai.onnxruntime.OrtEnvironment.getEnvironment().getVersion());
    object.put("rows", rows.stream().map(PeerRow::json).toList());
    return JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(object);
  }

  /** After every row, so that a run that is cut short leaves what it has. */
  private void save(List<PeerRow> rows) throws IOException {
    if (folder != null) {
      String name = deviceName.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(name + ".json"), text(rows) + "\n");
      PeerPlot.write(rows, folder.resolve(name + ".png"));
    }
  }

  private void say(String line) {
    if (!json) {
      System.out.println(line);
    }
  }

  private PeerRow compare(PeerGraph peer) throws OrtException {
    Graph graph = peer.builder().build(height, width);
    FloatTensor input = LadderRung.noise(graph.inputs().get(0).type().shape());
    try (OrtModel ort =
            new OrtModel(OnnxExport.translate(graph, graph.outputs().get(0), false), processors);
        GraphBench loupe = new GraphBench(device, null, graph)) {
      deviceName = loupe.deviceName();
      ort.bind(input, graph.outputs().get(0).type().shape());
      loupe.write(input);
      ort.run();
      loupe.run();
      double error = RelativeError.of(ort.result(), loupe.read().data());
      if (!(error <= TOLERANCE)) {
        throw new IllegalStateException(
            "%s: the outputs differ by %.1e of their range, nothing is timed"
                .formatted(peer.name(), error));
      }
      return time(peer.name(), error, ort, loupe);
    }
  }

  /** Wall time of the fastest run, and processor time of all: its clock ticks but every 10 ms. */
  private static final class Times {
    private double fastest = Double.POSITIVE_INFINITY;
    private double processor;
  }

  /** A run that may fail as ONNX Runtime does. */
  private interface Run {
    void run() throws OrtException;
  }

  private PeerRow time(String name, double error, OrtModel ort, GraphBench loupe)
      throws OrtException {
    Times ofOrt = new Times();
    Times ofLoupe = new Times();
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    int runs = 0;
    while (runs < LEAST_RUNS || System.nanoTime() < end) {
      // Turns swap, so that neither is always the one that runs in the other's wake.
      boolean ortFirst = runs % 2 == 0;
      measure(ortFirst ? ort::run : loupe::run, ortFirst ? ofOrt : ofLoupe);
      measure(ortFirst ? loupe::run : ort::run, ortFirst ? ofLoupe : ofOrt);
      runs++;
    }
    return new PeerRow(
        name,
        error,
        runs,
        ofOrt.fastest,
        ofLoupe.fastest,
        ofOrt.processor / runs,
        ofLoupe.processor / runs);
  }

  private void measure(Run run, Times times) throws OrtException {
    long cpu = system.getProcessCpuTime();
    long start = System.nanoTime();
    run.run();
    double wall = (System.nanoTime() - start) / NANOS_PER_MS;
    times.processor += (system.getProcessCpuTime() - cpu) / NANOS_PER_MS / processors;
    times.fastest = Math.min(times.fastest, wall);
  }
}
