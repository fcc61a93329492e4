package dev.loupe.bench;

import dev.loupe.graph.DeviceGraph;
import dev.loupe.graph.Graph;
import dev.loupe.graph.ReferenceGraph;
import dev.loupe.graph.Value;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.op.Conv2d;
import dev.loupe.op.ConvTranspose2d;
import dev.loupe.op.Operator;
import dev.loupe.op.Parameter;
import dev.loupe.op.TensorType;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.OpenCl;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.Map;
import java.util.Random;
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
 * The benchmark of FSRCNN's convolutions at their real shapes, on a 480x270 frame in device memory.
 *
 * <pre>
 * mvn -q -Pbench -DskipTests package
 * java -cp "target/test-classes:target/classes:target/lib/*" org.openjdk.jmh.Main ConvBenchmark
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
public class ConvBenchmark {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 270;

  /** Channels in, channels out, side of the filter; "up" is the transposed convolution by 4. */
  @Param({"3-56-5", "56-12-1", "12-12-3", "12-56-1", "56-3-9-up"})
  String shape;

  private final Random random = new Random(1);
  private Context context;
  private KernelLibrary library;
  private CommandQueue queue;
  private DeviceGraph graph;

  /** Records the convolution and holds it against the reference. */
  @Setup
  public void open() {
    String[] parts = shape.split("-", -1);
    int in = Integer.parseInt(parts[0]);
    Operator operator = operator(parts, in);
    context = Context.create(OpenCl.load(null).select(null));
    library = new KernelLibrary(context);
    queue = context.queue();
    Graph frame = new Graph();
    Value src = frame.input("src", TensorType.frame(in, HEIGHT, WIDTH));
    Value dst = frame.add(operator, src);
    frame.output(dst);
    graph = new DeviceGraph(frame, library, queue);
    verify(frame, src, dst);
  }

  private Operator operator(String[] parts, int in) {
    int out = Integer.parseInt(parts[1]);
    int side = Integer.parseInt(parts[2]);
    Parameter bias = parameter(new Shape(1, out, 1, 1));
    if (parts.length == 4) {
      return new ConvTranspose2d(parameter(new Shape(in, out, side, side)), bias, 4, side / 2);
    }
    Parameter weights = parameter(new Shape(out, in, side, side));
    return new Conv2d(weights, bias, ConvGeometry.same(side), Activation.PRELU, bias);
  }

  private Parameter parameter(Shape dims) {
    return new Parameter("random", random(dims));
  }

  private FloatTensor random(Shape dims) {
    FloatTensor tensor = FloatTensor.zeros(dims);
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = (float) random.nextGaussian() / 8;
    }
    return tensor;
  }

  private void verify(Graph frame, Value src, Value dst) {
    FloatTensor input = random(src.type().shape());
    graph.view(src).write(queue, input);
    convolve();
    float[] actual = graph.view(dst).read(queue).data();
    float[] expected =
        new ReferenceGraph(frame).run(Map.of(src, input), node -> {}).get(dst).data();
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= 1e-3)) {
        throw new IllegalStateException(
            "wrong output, nothing is timed: element %d is %s, plain Java has %s"
                .formatted(i, actual[i], expected[i]));
      }
    }
  }

  /** One convolution, finished on the device when this returns. */
  @Benchmark
  public void convolve() {
    graph.run(0, graph.steps().size(), null);
    queue.finish();
  }

  /** Gives the device back. */
  @TearDown
  public void close() {
    graph.close();
    queue.close();
    library.close();
    context.close();
  }
}
