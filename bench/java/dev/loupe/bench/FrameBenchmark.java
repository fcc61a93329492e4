package dev.loupe.bench;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.PatchCount;
import dev.loupe.image.Image;
import dev.loupe.timing.FrameBench;
import dev.loupe.timing.SyntheticPhoto;
import dev.loupe.weights.Variant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The benchmark of whole frames, samples in host memory to samples in host memory.
 *
 * <pre>
 * mvn -q -Pbench -DskipTests package
 * java -cp "target/test-classes:target/classes:target/lib/*" org.openjdk.jmh.Main FrameBenchmark
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class FrameBenchmark {
  private static final PatchCount K = PatchCount.of(1000);

  /** Size of the input; 4 times as wide is 1080p and 4K. */
  @Param({"480x270", "960x540"})
  String size;

  @Param({"base", "full", "mask"})
  String variant;

  private Engine engine;
  private FrameBench bench;

  /** Opens the best device, prepares the frame and holds it against the reference. */
  @Setup
  public void open() {
    int by = size.indexOf('x');
    int width = Integer.parseInt(size.substring(0, by));
    int height = Integer.parseInt(size.substring(by + 1));
    engine = Engine.open(null, null);
    FrameSpec spec = FrameSpec.pixels(width, height, 3, 8, Variant.of(variant), K);
    Image photo = SyntheticPhoto.of(width, height);
    bench = new FrameBench(engine, Model.load("fsrcnn-x4"), spec, photo);
    bench.verify();
  }

  /** One frame; it has reached host memory when this returns. */
  @Benchmark
  public void frame() {
    bench.run();
  }

  /** Gives the device back. */
  @TearDown
  public void close() {
    bench.close();
    engine.close();
  }
}
