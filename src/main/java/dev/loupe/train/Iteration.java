package dev.loupe.train;

import dev.loupe.graph.DeviceGraph;
import dev.loupe.graph.MemoryPlan;
import dev.loupe.graph.Value;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The iteration of one phase on the device, recorded once and run for every batch: upload, forward,
 * backward, optimiser. Not thread-safe.
 */
final class Iteration implements AutoCloseable {
  private final TrainingGraph training;
  private final CommandQueue queue;
  private final DeviceGraph graph;
  private final Adam adam;
  private final ByteBuffer number =
      ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder());

  /** Plans, allocates and records {@code training}; the parameters stay the caller's. */
  Iteration(
      TrainingGraph training,
      KernelLibrary library,
      CommandQueue queue,
      TrainedParameters parameters) {
    this.training = training;
    this.queue = queue;
    graph = new DeviceGraph(plan(training, library), library, queue, parameters);
    try {
      Map<String, TensorView> gradients = new LinkedHashMap<>();
      training.gradients().forEach((name, row) -> gradients.put(name, graph.view(row)));
      adam = new Adam(library, queue, parameters, gradients);
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /** Where activations and gradients of {@code training} lie on the device. */
  static MemoryPlan plan(TrainingGraph training, KernelLibrary library) {
    long largestBuffer = library.context().device().memory().maxAllocation();
    return new MemoryPlan(training.graph(), largestBuffer);
  }

  /**
   * Computes losses and gradients of a batch.
   *
   * @return the loss, not finite where an output is not
   */
  float forwardBackward(Batch batch) {
    write(training.lowRes(), batch.lowRes());
    write(training.highRes(), batch.highRes());
    graph.run(0, graph.steps().size(), null);
    float loss = 0;
    for (Value value : training.losses()) {
      TensorView view = graph.view(value);
      queue.read(view.buffer(), view.byteOffset(), number.clear());
      loss += number.getFloat(0);
    }
    return loss;
  }

  private void write(Value value, ByteBuffer samples) {
    TensorView view = graph.view(value);
    queue.write(view.buffer(), view.byteOffset(), samples);
  }

  /** Changes the weights by the gradients of the last batch; see {@link Adam#step}. */
  void step(int t, double rate, double decay) {
    adam.step(t, rate, decay);
  }

  @Override
  public void close() {
    adam.close();
    graph.close();
  }
}
