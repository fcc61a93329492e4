package dev.loupe.timing;

import dev.loupe.graph.DeviceGraph;
import dev.loupe.graph.Graph;
import dev.loupe.graph.MemoryPlan;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.op.Roofline;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.Profile;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A graph of one input and one output on a device of its own, to be timed from a tensor in device
 * memory to a tensor in device memory: shared by {@code loupe bench --ladder} and the comparison
 * with other engines.
 */
public final class GraphBench implements AutoCloseable {
  private final Context context;
  private final String bindingName;
  private final TensorView input;
  private final TensorView output;
  private KernelLibrary library;
  private CommandQueue queue;
  private DeviceGraph device;

  /**
   * Opens the device and records {@code graph} there.
   *
   * @param choice an OpenCL device as {@link dev.loupe.Engine#open} takes it, null for the best
   * @param binding {@code lwjgl}, {@code jocl}, or null for the first there is
   */
  public GraphBench(String choice, String binding, Graph graph) {
    OpenCl openCl = OpenCl.load(binding);
    bindingName = openCl.bindingName();
    context = Context.create(openCl.select(choice));
    try {
      library = new KernelLibrary(context);
      queue = context.queue();
      Shape size = graph.inputs().get(0).type().shape();
      int band = library.tuning().band(size.h(), size.w());
      long largest = context.device().memory().maxAllocation();
      MemoryPlan plan = MemoryPlan.within(graph, largest, Long.MAX_VALUE, Long.MAX_VALUE, band);
      device = new DeviceGraph(plan, library, queue);
      input = device.view(graph.inputs().get(0));
      output = device.view(graph.outputs().get(0));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Puts the input in place. */
  public void write(FloatTensor tensor) {
    input.write(queue, tensor);
  }

  /** Runs the graph once; it is done when this returns. */
  public void run() {
    device.run(0, device.steps().size(), null);
    queue.finish();
  }

  /**
   * Times of one run by the device's clock, in nanoseconds.
   *
   * @param whole from the first launch's start to the last one's end; by the host's clock where the
   *     device's tells nothing
   * @param operators by the operator's name
   */
  record Times(long whole, Map<String, Long> operators) {}

  /** Runs the graph once, timed. */
  Times time() {
    Map<String, Long> operators = new LinkedHashMap<>();
    int steps = device.steps().size();
    try (Profile profile = context.profile(steps)) {
      long start = System.nanoTime();
      device.run(0, steps, profile);
      queue.finish();
      long host = System.nanoTime() - start;
      for (int i = 0; i < steps; i++) {
        operators.merge(device.steps().get(i).operator(), profile.nanos(i), Long::sum);
      }
      long whole = profile.endNanos(steps - 1) - profile.startNanos(0);
      return new Times(Profile.isTold(whole, host) ? whole : host, operators);
    }
  }

  /** The limits of the device. */
  public Roofline roofline() {
    return Roofline.measure(library, queue);
  }

  /** Whether the device is the processor that this program runs on. */
  public boolean isCpu() {
    return context.device().type() == Device.Type.CPU;
  }

  /** Whether the kernels convolve by fewer multiplications than the mathematics has. */
  public boolean isWinograd() {
    return library.tuning().winogradVectors() > 0;
  }

  /** The output of the last run. */
  public FloatTensor read() {
    return output.read(queue);
  }

  /** The device's name. */
  public String deviceName() {
    return context.device().name();
  }

  /** The name of the binding that the device is reached through. */
  public String bindingName() {
    return bindingName;
  }

  /** The most device memory that was allocated at one time, in bytes. */
  public long peakBytes() {
    return context.peakBytes();
  }

  @Override
  public void close() {
    if (device != null) {
      device.close();
    }
    if (queue != null) {
      queue.close();
    }
    if (library != null) {
      library.close();
    }
    context.close();
  }
}
