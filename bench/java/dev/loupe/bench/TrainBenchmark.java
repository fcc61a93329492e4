package dev.loupe.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.loupe.Engine;
import dev.loupe.train.Recipe;
import dev.loupe.train.Trainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The comparison with PyTorch: training iterations of the same network, x4, on batches of the same
 * size, the two taking turns; PyTorch runs in a process of its own and waits while Loupe runs.
 * PyTorch's batch is random and made once, Loupe's crops are cut anew each time, in a pause after
 * its iteration. That both compute the same losses and gradients is what {@code GoldenTrainingTest}
 * holds.
 */
@Command(name = "TrainBenchmark", mixinStandardHelpOptions = true, sortOptions = false)
public final class TrainBenchmark implements Callable<Integer> {
  private static final String RECIPE =
      """
      {"network": "%s", "scale": 4, "crop": %d, "batch": %d, "phases":
       [{"variant": "%s", "parts": ["base", "refine"], "iterations": %d, "rate": 1e-4}]}
      """;
  private static final int WARM_UPS = 2;
  private static final int PAUSE_MS = 100;
  private static final double NANOS_PER_MS = 1e6;

  @Option(names = "--network", defaultValue = "fsrcnn", description = "Or pan, rfdn, ...")
  private String network;

  @Option(names = "--variant", defaultValue = "full", description = "Or all.")
  private String variant;

  @Option(names = "--crop", defaultValue = "48", description = "Default: ${DEFAULT-VALUE}.")
  private int crop;

  @Option(names = "--batch", defaultValue = "16", description = "Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(names = "--runs", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}.")
  private int runs;

  @Option(names = "--data", required = true, description = "A folder of pictures.")
  private Path data;

  @Option(names = "--spec", required = true, description = "The folder of nets.py.")
  private Path spec;

  @Option(names = "--python", defaultValue = "python3", description = "With PyTorch.")
  private String python;

  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private TrainBenchmark() {}

  /** What one side's iterations took so far. */
  private static final class Times {
    private double least = Double.POSITIVE_INFINITY;
    private double processor;

    void add(double wallMs, double processorMs) {
      least = Math.min(least, wallMs);
      processor += processorMs;
    }
  }

  /** Runs the comparison and exits. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new TrainBenchmark()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    String text = RECIPE.formatted(network, crop, batch, variant, WARM_UPS + runs + 1);
    Recipe recipe = Recipe.parse(text, "the benchmark's recipe");
    Process pytorch = startPyTorch();
    try (Engine engine = Engine.open(null, null);
        Trainer trainer = new Trainer(recipe, engine, List.of(data), line -> {});
        PrintWriter to = new PrintWriter(pytorch.getOutputStream(), true, StandardCharsets.UTF_8);
        BufferedReader from = pytorch.inputReader(StandardCharsets.UTF_8)) {
      String version = from.readLine();
      Times loupe = new Times();
      Times peer = new Times();
      trainer.run(new Turns(loupe, peer, to, from));
      System.out.printf(
          Locale.ROOT,
          "%s x4 %s, %d crops of %dx%d, %d iterations each in turns; Loupe on %s; %s%n"
              + "          least ms  processor ms%n"
              + "Loupe    %9.0f %13.0f%nPyTorch  %9.0f %13.0f%nratio    %9.2f %13.2f%n",
          network,
          variant,
          batch,
          crop,
          crop,
          runs,
          engine.deviceName(),
          version,
          loupe.least,
          loupe.processor / runs,
          peer.least,
          peer.processor / runs,
          peer.least / loupe.least,
          peer.processor / loupe.processor);
    } finally {
      pytorch.destroy();
    }
    return 0;
  }

  private Process startPyTorch() throws IOException {
    String name = network.equals("srresnet") ? "SRResNet" : network.toUpperCase(Locale.ROOT);
    return new ProcessBuilder(
            python,
            "bench/pytorch_iteration.py",
            spec.toString(),
            name,
            variant,
            Integer.toString(batch),
            Integer.toString(crop))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** After each of Loupe's iterations, one of PyTorch's. */
  private final class Turns implements Trainer.Listener {
    private final Times loupe;
    private final Times peer;
    private final PrintWriter to;
    private final BufferedReader from;
    private long begun;
    private long processor;

    Turns(Times loupe, Times peer, PrintWriter to, BufferedReader from) {
      this.loupe = loupe;
      this.peer = peer;
      this.to = to;
      this.from = from;
    }

    @Override
    public boolean done(long iteration, double loss, double rate) {
      boolean timed = iteration > WARM_UPS;
      double wall = (System.nanoTime() - begun) / NANOS_PER_MS;
      pause();
      if (timed) {
        loupe.add(wall, (system.getProcessCpuTime() - processor) / NANOS_PER_MS);
      }
      String[] times = ask().split(" ", 2);
      if (timed) {
        peer.add(Double.parseDouble(times[0]), Double.parseDouble(times[1]));
      }
      begun = System.nanoTime();
      processor = system.getProcessCpuTime();
      return iteration < WARM_UPS + runs;
    }

    /** Loupe's thread for crops cuts the next ones; their processor time is Loupe's. */
    private void pause() {
      try {
        Thread.sleep(PAUSE_MS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private String ask() {
      to.println();
      try {
        String line = from.readLine();
        if (line == null) {
          throw new IllegalStateException("PyTorch ended; see what it printed above");
        }
        return line;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
