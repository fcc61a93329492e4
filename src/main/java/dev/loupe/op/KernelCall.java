package dev.loupe.op;

import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.Kernel;
import dev.loupe.opencl.KernelArguments;
import dev.loupe.opencl.NdRange;

/**
 * A kernel whose arguments are being set, in the order of its signature; {@link #launch} records
 * it.
 */
public final class KernelCall {
  private final Kernel kernel;
  private final KernelArguments arguments;
  private final LaunchRecorder recorder;

  KernelCall(Kernel kernel, LaunchRecorder recorder) {
    this.kernel = kernel;
    this.arguments = kernel.arguments();
    this.recorder = recorder;
  }

  /** The four arguments of SRC_TENSOR and DST_TENSOR: buffer, offset, pitch, plane. */
  public KernelCall tensor(TensorView view) {
    arguments
        .buffer(view.buffer())
        .int64(view.offset())
        .int32(view.type().pitch())
        .int64(view.type().plane());
    return this;
  }

  /** A buffer and the first element in it: indices, pixels, scratch. */
  public KernelCall list(TensorView view) {
    arguments.buffer(view.buffer()).int64(view.offset());
    return this;
  }

  /** A whole buffer. */
  public KernelCall buffer(DeviceBuffer buffer) {
    arguments.buffer(buffer);
    return this;
  }

  /** One {@code int} argument each. */
  public KernelCall ints(int... values) {
    for (int value : values) {
      arguments.int32(value);
    }
    return this;
  }

  /** A {@code long} argument. */
  public KernelCall int64(long value) {
    arguments.int64(value);
    return this;
  }

  /** A {@code float} argument. */
  public KernelCall float32(float value) {
    arguments.float32(value);
    return this;
  }

  /** Records the launch over {@code range}. */
  public void launch(NdRange range) {
    recorder.add(kernel.launch(range));
  }

  /**
   * Records a launch over (lanes, rows, depth): on a CPU one work-item walks each row of lanes; on
   * a GPU a work-group shares it.
   */
  public void launchRows(long items, long rows, long depth) {
    long group = recorder.tuning().workGroup();
    long x = group == 1 ? 1 : (items + group - 1) / group * group;
    launch(NdRange.global(x, rows, depth).local(group, 1, 1));
  }
}
