package dev.loupe.train;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.tensor.Blocks;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * The optimiser (Kingma and Ba 2015), with a running average of the weights: one launch a
 * parameter, recorded once.
 */
final class Adam implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final float EPSILON = 1e-8f;
  private static final int CHUNK = 1024;
  private static final int STEP_NUMBERS = 3;

  private final CommandQueue queue;
  private final LaunchRecorder recorder;
  private final DeviceBuffer step;
  private final ByteBuffer numbers =
      ByteBuffer.allocateDirect(STEP_NUMBERS * Float.BYTES).order(ByteOrder.nativeOrder());

  /** An optimiser of the parameters that {@code gradients} names. */
  Adam(
      KernelLibrary library,
      CommandQueue queue,
      TrainedParameters parameters,
      Map<String, TensorView> gradients) {
    this.queue = queue;
    recorder = new LaunchRecorder(library, queue);
    try {
      step = recorder.constant(new float[STEP_NUMBERS]);
      recorder.begin("optimiser", "adam", null, 0);
      gradients.forEach((name, gradient) -> record(parameters, name, gradient));
    } catch (RuntimeException | Error e) {
      recorder.close();
      throw e;
    }
  }

  private void record(TrainedParameters parameters, String name, TensorView gradient) {
    int count = gradient.type().shape().w();
    Defines defines =
        new Defines()
            .set("BETA1", (float) BETA1)
            .set("BETA2", (float) BETA2)
            .set("EPSILON", EPSILON)
            .set("CHUNK", CHUNK);
    recorder
        .kernel("train/adam.cl", "adam", defines)
        .list(gradient)
        .buffer(parameters.buffer(TrainedParameters.State.WEIGHTS))
        .buffer(parameters.buffer(TrainedParameters.State.FIRST))
        .buffer(parameters.buffer(TrainedParameters.State.SECOND))
        .buffer(parameters.buffer(TrainedParameters.State.AVERAGE))
        .int64(parameters.offset(name))
        .ints(count)
        .buffer(step)
        .launchWhole(CHUNK, Blocks.count(count, CHUNK), 1);
  }

  /**
   * Enqueues step {@code t}, counted from 1.
   *
   * @param decay of the running average, 0 to follow the weights at once
   */
  void step(int t, double rate, double decay) {
    numbers
        .putFloat(0, (float) (rate / (1 - Math.pow(BETA1, t))))
        .putFloat(Float.BYTES, (float) (1 / Math.sqrt(1 - Math.pow(BETA2, t))))
        .putFloat(2 * Float.BYTES, (float) (1 - decay));
    queue.write(step, 0, numbers.clear());
    recorder.recorded().forEach(s -> queue.enqueue(s.launch()));
  }

  @Override
  public void close() {
    recorder.close();
  }
}
