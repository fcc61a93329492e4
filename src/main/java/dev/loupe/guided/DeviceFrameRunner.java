package dev.loupe.guided;

import dev.loupe.graph.DeviceGraph;
import dev.loupe.graph.MemoryPlan;
import dev.loupe.graph.Value;
import dev.loupe.image.RowSink;
import dev.loupe.image.RowSource;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.Layout;
import dev.loupe.op.Precision;
import dev.loupe.op.TensorType;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.HostMemory;
import dev.loupe.opencl.Profile;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The frame runner on an OpenCL device; it owns the frame's memory and launches, not the context or
 * the queue.
 */
public final class DeviceFrameRunner implements FrameRunner {
  private static final int PROGRESS_PARTS = 20;
  private static final int PART_BYTES = 4 << 20;

  private final FrameGraph frame;
  private final CommandQueue queue;
  private final Context context;
  private final DeviceGraph graph;
  private final Profile profile;
  private final StageTimes times = new StageTimes();
  private final long[] stepNanos;
  private final ByteBuffer status = direct(Integer.BYTES);

  /** A whole frame of floats, or a few rows of pixels; null where only whole pixels go. */
  private HostMemory staging;

  /**
   * Allocates and records {@code frame} as {@code plan} places it.
   *
   * @throws dev.loupe.opencl.OutOfDeviceMemoryException if the device has too little memory
   */
  public DeviceFrameRunner(
      FrameGraph frame, MemoryPlan plan, KernelLibrary library, CommandQueue queue) {
    this.frame = frame;
    this.queue = queue;
    context = library.context();
    graph = new DeviceGraph(plan, library, queue);
    try {
      if (isFloat(frame.input())) {
        stage(Math.max(frame.input().type().bytes(), frame.output().type().bytes()));
      }
      stepNanos = new long[graph.steps().size()];
      profile = context.profile(stepNanos.length);
    } catch (RuntimeException | Error e) {
      closeMemory();
      throw e;
    }
  }

  private void stage(long bytes) {
    staging = HostMemory.of(context, Math.toIntExact(bytes));
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  private static boolean isFloat(Value value) {
    return value.type().layout() == Layout.FRAME;
  }

  @Override
  public FrameGraph frame() {
    return frame;
  }

  @Override
  public void run(Buffer input, Buffer output, Progress progress) {
    frame.requireRoom(input, output);
    replay(view -> upload(view, input), progress, view -> download(view, output));
  }

  @Override
  public void run(RowSource input, RowSink output, Progress progress) {
    frame.requirePixels();
    if (staging == null) {
      stage(Math.max(part(frame.input()), part(frame.output())));
    }
    replay(view -> upload(view, input), progress, view -> download(view, output));
  }

  private void replay(
      Consumer<TensorView> upload, Progress progress, Consumer<TensorView> download) {
    times.clear();
    profile.reset();
    queue.fill(graph.status(), 0, Integer.BYTES, 0); // a cancelled frame may have left a bit
    long start = System.nanoTime();
    upload.accept(graph.view(frame.input()));
    times.add("upload", System.nanoTime() - start);
    start = System.nanoTime();
    compute(progress);
    addDeviceTimes(System.nanoTime() - start);
    start = System.nanoTime();
    checkFinite();
    download.accept(graph.view(frame.output()));
    times.add("download", System.nanoTime() - start);
  }

  /** By the device's clock, unless it tells nothing. */
  private void addDeviceTimes(long hostNanos) {
    long told = 0;
    for (int i = 0; i < stepNanos.length; i++) {
      stepNanos[i] = profile.nanos(i);
      told += stepNanos[i];
    }
    if (!Profile.isTold(told, hostNanos)) {
      times.add("device", hostNanos);
      return;
    }
    for (int i = 0; i < stepNanos.length; i++) {
      times.add(graph.steps().get(i).stage(), stepNanos[i]);
    }
  }

  private void upload(TensorView to, Buffer input) {
    if (isFloat(frame.input())) {
      ByteBuffer pitched = staged(to.type().bytes());
      pack(to.type(), (FloatBuffer) input, pitched);
      queue.write(to.buffer(), to.byteOffset(), pitched);
    } else {
      transfer(to, input, queue::write);
    }
  }

  private void download(TensorView from, Buffer output) {
    if (isFloat(frame.output())) {
      ByteBuffer pitched = staged(from.type().bytes());
      queue.read(from.buffer(), from.byteOffset(), pitched);
      unpack(from.type(), pitched, (FloatBuffer) output);
      requireFinite((FloatBuffer) output, from.type().shape().elements());
    } else {
      transfer(from, output, queue::read);
    }
  }

  private interface HostTransfer {
    void run(DeviceBuffer buffer, long byteOffset, Buffer host);
  }

  /**
   * Ends with the frame, as the queue goes to the limit: what lies behind it is the caller's, whose
   * buffer others may be reading too.
   */
  private static void transfer(TensorView view, Buffer host, HostTransfer direction) {
    int end = host.position() + Math.toIntExact(view.type().bytes());
    direction.run(view.buffer(), view.byteOffset(), host.duplicate().limit(end));
  }

  private void upload(TensorView to, RowSource input) {
    int part = part(frame.input());
    for (long at = 0; at < to.type().bytes(); at += part) {
      ByteBuffer rows = staged(Math.min(part, to.type().bytes() - at));
      input.get(rows);
      queue.write(to.buffer(), to.byteOffset() + at, rows.flip());
    }
  }

  private void download(TensorView from, RowSink output) {
    int part = part(frame.output());
    for (long at = 0; at < from.type().bytes(); at += part) {
      ByteBuffer rows = staged(Math.min(part, from.type().bytes() - at));
      queue.read(from.buffer(), from.byteOffset() + at, rows);
      output.put(rows);
    }
  }

  /** The first bytes of the staging memory. */
  private ByteBuffer staged(long bytes) {
    return staging.buffer().clear().limit((int) bytes);
  }

  /** Bytes of the rows that cross over at a time. */
  private static int part(Value pixels) {
    long row = pixels.type().bytes(1);
    long rows = Math.min(pixels.type().rows(), Math.max(1, PART_BYTES / row));
    return Math.toIntExact(rows * row);
  }

  private void compute(Progress progress) {
    int steps = graph.steps().size();
    int part = progress.wantsPauses() ? Math.max(1, steps / PROGRESS_PARTS) : steps;
    for (int first = 0; first < steps; first += part) {
      graph.run(first, Math.min(steps, first + part), profile);
      queue.finish();
      progress.at((double) Math.min(steps, first + part) / steps);
    }
  }

  private void checkFinite() {
    queue.read(graph.status(), 0, status.clear());
    if ((status.getInt(0) & LaunchRecorder.NOT_FINITE) != 0) {
      throw notFinite();
    }
  }

  private NotFiniteException notFinite() {
    return NotFiniteException.of(context.device(), frame.input().type().precision());
  }

  /** Pixels are checked as they are made, by the kernel; floats are checked here. */
  private void requireFinite(FloatBuffer floats, long count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(floats.get(floats.position() + i))) {
        throw notFinite();
      }
    }
  }

  /** Dense rows to rows of the type's pitch and precision. */
  private static void pack(TensorType type, FloatBuffer dense, ByteBuffer pitched) {
    FloatBuffer floats = pitched.asFloatBuffer();
    int width = type.shape().w();
    int from = dense.position();
    for (int c = 0; c < type.shape().c(); c++) {
      for (int y = 0; y < type.shape().h(); y++, from += width) {
        int to = (int) (c * type.plane() + (long) y * type.pitch());
        if (type.precision() == Precision.FP32) {
          floats.put(to, dense, from, width);
        } else {
          for (int x = 0; x < width; x++) {
            type.put(pitched, to + x, dense.get(from + x));
          }
        }
      }
    }
  }

  /** The inverse of {@link #pack}. */
  private static void unpack(TensorType type, ByteBuffer pitched, FloatBuffer dense) {
    FloatBuffer floats = pitched.asFloatBuffer();
    int width = type.shape().w();
    int to = dense.position();
    for (int c = 0; c < type.shape().c(); c++) {
      for (int y = 0; y < type.shape().h(); y++, to += width) {
        int from = (int) (c * type.plane() + (long) y * type.pitch());
        if (type.precision() == Precision.FP32) {
          dense.put(to, floats, from, width);
        } else {
          for (int x = 0; x < width; x++) {
            dense.put(to + x, type.get(pitched, from + x));
          }
        }
      }
    }
  }

  private float[] floats(Value value) {
    TensorView view = graph.view(value);
    ByteBuffer bytes = direct(Math.toIntExact(view.type().bytes()));
    queue.read(view.buffer(), view.byteOffset(), bytes);
    FloatBuffer dense = FloatBuffer.allocate(Math.toIntExact(view.type().shape().elements()));
    unpack(view.type(), bytes, dense);
    return dense.array();
  }

  @Override
  public Optional<float[]> mask() {
    return frame.mask().map(this::floats);
  }

  @Override
  public Optional<float[]> feature() {
    return frame.feature().map(this::floats);
  }

  @Override
  public int[] selected() {
    if (frame.selected().isEmpty()) {
      return new int[0];
    }
    TensorView view = graph.view(frame.selected().get());
    ByteBuffer bytes = direct(Math.toIntExact(view.type().bytes()));
    queue.read(view.buffer(), view.byteOffset(), bytes);
    int[] cells = new int[view.type().shape().w()];
    bytes.asIntBuffer().get(cells);
    return cells;
  }

  @Override
  public StageTimes times() {
    return times;
  }

  @Override
  public MemoryUse memory() {
    MemoryPlan plan = graph.plan();
    String pieces =
        plan.band() == 0
            ? "whole"
            : plan.band() == 1 ? "row by row" : "in bands of " + plan.band() + " rows";
    return new MemoryUse(plan.bytes(), plan.separateBytes(), pieces);
  }

  @Override
  public void close() {
    profile.close();
    closeMemory();
  }

  private void closeMemory() {
    graph.close();
    if (staging != null) {
      staging.close();
    }
  }
}
