package dev.loupe.op;

import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.Kernel;
import dev.loupe.opencl.KernelArguments;
import dev.loupe.opencl.NdRange;
import dev.loupe.tensor.Blocks;
import java.util.ArrayList;
import java.util.List;

/**
 * A kernel whose arguments are being set, in the order of its signature; a {@code launch} method
 * records it.
 */
public final class KernelCall {
  private final Kernel kernel;
  private final KernelArguments arguments;
  private final LaunchRecorder recorder;
  private final List<RowLaunch.Offset> offsets = new ArrayList<>();

  KernelCall(Kernel kernel, LaunchRecorder recorder) {
    this.kernel = kernel;
    this.arguments = kernel.arguments();
    this.recorder = recorder;
  }

  /** The four arguments of SRC_TENSOR and DST_TENSOR: buffer, offset, pitch, plane. */
  public KernelCall tensor(TensorView view) {
    list(view);
    arguments.int32(view.type().pitch()).int64(view.plane());
    return this;
  }

  /** A buffer and the first element in it: indices, pixels, scratch. */
  public KernelCall list(TensorView view) {
    arguments.buffer(view.buffer());
    offsets.add(new RowLaunch.Offset(arguments.set(), view));
    arguments.int64(view.offset());
    return this;
  }

  /** The operator's scratch memory: buffer and first float. */
  public KernelCall scratch() {
    return buffer(recorder.scratch()).int64(recorder.scratchOffset() / Float.BYTES);
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

  /** Records the launch over {@code range}; it always runs whole. */
  public void launch(NdRange range) {
    recorder.add(RowLaunch.whole(kernel.launch(range)));
  }

  /** Records a launch over (items, 1, depth) whose items are shared as those of a row are. */
  public void launchItems(long items, long depth) {
    launch(shared(items, 1, depth));
  }

  /** As {@link #launchItems(long, long)} over (items, rows, depth), never in bands. */
  public void launchWhole(long items, long rows, long depth) {
    launch(shared(items, rows, depth));
  }

  /**
   * Records a launch over (vectors, rows, channels) of a tensor, never in bands, of a kernel with
   * {@link LaunchRecorder#movingDefines}.
   *
   * @param type of which each work-item makes vectors
   */
  public void launchOver(TensorType type) {
    launchWhole(vectors(type), type.rows(), type.shape().c());
  }

  /** As {@link #launchOver} in bands of rows; the kernel's last argument is {@code first_row}. */
  public void launchRowsOver(TensorType type) {
    launchRows(vectors(type), type.rows(), type.shape().c());
  }

  private int vectors(TensorType type) {
    return type.vectors(recorder.tuning().movedLanes());
  }

  /** Records a launch of {@code items}, in groups of {@code group} where the device allows it. */
  void launchInGroups(long items, long group) {
    launch(NdRange.global(items).local(group(group)));
  }

  /** Records a launch of one work-item. */
  public void launchOnce() {
    launch(NdRange.global(1, 1, 1).local(1, 1, 1));
  }

  /**
   * Records a launch whose first dimension is shared out: each item its own work-item on a CPU too.
   */
  public void launchShared(long items, long rows, long depth) {
    long group = group();
    launch(NdRange.global(Blocks.roundUp(items, group), rows, depth).local(group, 1, 1));
  }

  /**
   * Records a launch over (lanes, rows, depth): on a CPU one work-item walks each row of lanes; on
   * a GPU a work-group shares it. The kernel's last argument is {@code first_row}.
   */
  public void launchRows(long items, long rows, long depth) {
    launchRows(shared(items, rows, depth), 1, 1);
  }

  /** As {@link #launchRows(long, long, long)} over (lanes, depth, rows): rows are walked last. */
  public void launchRowsLast(long items, long depth, long rows) {
    launchRows(shared(items, depth, rows), 2, 1);
  }

  /**
   * Records a launch that may run a band of rows at a time. The kernel's last argument is {@code
   * first_row}, the row of the output at which it begins.
   *
   * @param range all rows
   * @param dimension the dimension of {@code range} along which rows lie
   * @param rowsPerItem rows of the output to one step along it
   */
  public void launchRows(NdRange range, int dimension, int rowsPerItem) {
    int firstRow = arguments.set();
    arguments.int32(0);
    recorder.add(
        new RowLaunch(
            kernel.launch(range), dimension, rowsPerItem, firstRow, -1, List.copyOf(offsets)));
  }

  /**
   * As {@link #launchRows(NdRange, int, int)}, of a kernel that stops at any row of a step: before
   * {@code first_row} it takes {@code end_row}, the row of the output at which it ends.
   *
   * @param rows rows of the output
   */
  public void launchTiles(NdRange range, int dimension, int rowsPerItem, int rows) {
    int endRow = arguments.set();
    arguments.int32(rows);
    int firstRow = arguments.set();
    arguments.int32(0);
    recorder.add(
        new RowLaunch(
            kernel.launch(range), dimension, rowsPerItem, firstRow, endRow, List.copyOf(offsets)));
  }

  /**
   * The range over (items, second, third) in which a work-group shares the items, of several steps
   * of the second dimension where those of one are few: a GPU starts a group in the time that it
   * moves some KB.
   */
  NdRange shared(long items, long second, long third) {
    long group = group();
    if (group == 1) {
      return NdRange.global(1, second, third).local(1, 1, 1);
    }
    long groups = Blocks.count(items, group);
    long across = Blocks.count(items, groups);
    long most = recorder.library().context().device().compute().maxWorkItems().y();
    long down = NdRange.divisor(second, Math.min(group / across, most));
    return NdRange.global(groups * across, second, third).local(across, down, 1);
  }

  /** Drivers may run a kernel that takes many registers in smaller groups only. */
  private long group() {
    return group(recorder.tuning().workGroup());
  }

  /** As many of {@code items} as the device runs it with. */
  private long group(long items) {
    return items == 1 ? 1 : Math.min(items, Long.highestOneBit(kernel.workGroupLimit()));
  }
}
