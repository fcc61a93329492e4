package dev.loupe.op;

import dev.loupe.kernel.Defines;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.Kernel;
import dev.loupe.opencl.Launch;
import dev.loupe.tensor.Blocks;
import dev.loupe.tensor.Half;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The list of launches that replays a graph, while operators fill it: kernels with their arguments
 * set once, and the constant buffers they read. It owns both.
 */
public final class LaunchRecorder implements AutoCloseable {
  /**
   * One launch and the part of the frame it is timed under.
   *
   * @param rowLaunch what is enqueued, whole or band by band
   * @param stage base, mask, top-k...
   * @param operator the operator's name
   */
  public record Recorded(RowLaunch rowLaunch, String stage, String operator) {
    /** The launch over all rows. */
    public Launch launch() {
      return rowLaunch.launch();
    }
  }

  /** Bit of the status word: the output holds a NaN or an infinity. */
  public static final int NOT_FINITE = 1;

  private final KernelLibrary library;
  private final CommandQueue queue;
  private final ParameterMemory parameters;
  private final Precision precision;
  private final boolean valued;
  private final DeviceBuffer status;
  private final List<Recorded> recorded = new ArrayList<>();
  private final List<Kernel> kernels = new ArrayList<>();
  private final List<Launch> launches = new ArrayList<>();
  private final List<DeviceBuffer> constants = new ArrayList<>();
  private String stage = "frame";
  private String operator = "";
  private ByteBuffer staging = ByteBuffer.allocateDirect(0);
  private DeviceBuffer scratch;
  private long scratchOffset;

  /** A recorder that builds with {@code library} and uploads constants through {@code queue}. */
  public LaunchRecorder(KernelLibrary library, CommandQueue queue) {
    this(library, queue, ParameterMemory.NONE, Precision.FP32);
  }

  /**
   * A recorder whose launches read the weights of {@code parameters} anew at every run.
   *
   * @param precision of the tensors of every launch
   */
  public LaunchRecorder(
      KernelLibrary library, CommandQueue queue, ParameterMemory parameters, Precision precision) {
    this(library, queue, parameters, precision, true);
  }

  private LaunchRecorder(
      KernelLibrary library,
      CommandQueue queue,
      ParameterMemory parameters,
      Precision precision,
      boolean valued) {
    this.valued = valued;
    this.precision = precision;
    this.library = library;
    this.queue = queue;
    this.parameters = parameters;
    status = library.context().allocate(Integer.BYTES);
    try {
      queue.fill(status, 0, Integer.BYTES, 0);
    } catch (RuntimeException | Error e) {
      status.close();
      throw e;
    }
  }

  /**
   * A recorder for the programs it asks {@code library} for: constants have memory and no values,
   * which packing the weights of a large network would take seconds to make.
   */
  public static LaunchRecorder ofPrograms(
      KernelLibrary library, CommandQueue queue, ParameterMemory parameters, Precision precision) {
    return new LaunchRecorder(library, queue, parameters, precision, false);
  }

  /** Names the operator that records next, and the scratch memory it may use. */
  public void begin(String newStage, String newOperator, DeviceBuffer buffer, long byteOffset) {
    stage = newStage;
    operator = newOperator;
    scratch = buffer;
    scratchOffset = byteOffset;
  }

  /** The buffer that holds the operator's scratch memory, from {@link #scratchOffset} on. */
  public DeviceBuffer scratch() {
    return scratch;
  }

  /** First byte of the operator's scratch memory. */
  public long scratchOffset() {
    return scratchOffset;
  }

  /** A tensor of floats in the operator's scratch memory, {@code bytes} behind its beginning. */
  TensorView scratch(long bytes, TensorType type) {
    return new TensorView(scratch, (scratchOffset + bytes) / Float.BYTES, type);
  }

  /** The frame's status word, one int in which kernels raise bits such as {@link #NOT_FINITE}. */
  public DeviceBuffer status() {
    return status;
  }

  public Tuning tuning() {
    return library.tuning();
  }

  public KernelLibrary library() {
    return library;
  }

  /** Bytes of local memory that a work-group may have. */
  long localBytes() {
    return library.context().device().memory().local();
  }

  /**
   * Whether convolutions run on the device's matrix units, whose factors have 11 bits: those of
   * halves and, as is usual, those of training. Frames in fp32 keep all their bits.
   */
  boolean matrixUnits() {
    return tuning().matrix() != null
        && (precision == Precision.FP16 || parameters != ParameterMemory.NONE);
  }

  /** The elements that a word of a matrix holds side by side. */
  int wordElements() {
    return Float.BYTES / precision.bytes();
  }

  /** Uploads constant floats to a buffer of their own. */
  public DeviceBuffer constant(float[] values) {
    return constant(values.length, () -> values);
  }

  /** As above, of {@code count} floats that are made only if they are needed. */
  DeviceBuffer constant(int count, Supplier<float[]> values) {
    return upload(count, bytes -> bytes.asFloatBuffer().put(values.get()));
  }

  /** As {@link #constant(int, Supplier)}, of halves: an even number. */
  private DeviceBuffer halves(int count, Supplier<float[]> values) {
    return upload(
        count / 2,
        bytes -> {
          ShortBuffer halves = bytes.asShortBuffer();
          for (float value : values.get()) {
            halves.put(Half.fromFloat(value));
          }
        });
  }

  private DeviceBuffer upload(int count, Consumer<ByteBuffer> values) {
    DeviceBuffer buffer = memory(4L * count);
    if (valued) {
      ByteBuffer bytes = staging(4 * count);
      values.accept(bytes);
      queue.write(buffer, 0, bytes);
    }
    return buffer;
  }

  private ByteBuffer staging(int bytes) {
    if (staging.capacity() < bytes) {
      staging = ByteBuffer.allocateDirect(bytes);
    }
    return staging.clear().limit(bytes).slice().order(ByteOrder.nativeOrder());
  }

  /** A buffer that lives as long as the recorder. */
  DeviceBuffer memory(long bytes) {
    DeviceBuffer buffer = library.context().allocate(bytes);
    constants.add(buffer);
    return buffer;
  }

  /** Whether a parameter's weights change between runs. */
  public boolean isTrained(Parameter parameter) {
    return parameters.holds(parameter.name());
  }

  /** The weights of a parameter in the order a kernel reads them. */
  public DeviceBuffer weights(Parameter parameter, Arrangement packing) {
    if (!isTrained(parameter)) {
      return constant(packing.places(), () -> packing.apply(parameter.value().data()));
    }
    Arrangement order =
        parameter.arrangement() == null ? packing : parameter.arrangement().then(packing);
    int places = order.places();
    DeviceBuffer packed = memory((long) Float.BYTES * places);
    arrange(
        call -> call.buffer(parameters.buffer()).int64(parameters.offset(parameter.name())),
        order,
        new TensorView(packed, 0, PartialSums.row(places)));
    return packed;
  }

  /** As above, in the precision of the tensors. */
  DeviceBuffer words(Parameter parameter, Arrangement packing) {
    return precision == Precision.FP16
        ? halves(packing.places(), () -> packing.apply(parameter.value().data()))
        : weights(parameter, packing);
  }

  /** Records the filling of {@code dst}, a row, from {@code src}, a row. */
  void arrange(TensorView src, Arrangement order, TensorView dst) {
    arrange(call -> call.list(src), order, dst);
  }

  private void arrange(UnaryOperator<KernelCall> src, Arrangement order, TensorView dst) {
    int places = order.places();
    src.apply(kernel("train/arrange.cl", "arrange", new Defines()))
        .buffer(upload(places, bytes -> bytes.asIntBuffer().put(order.sources())))
        .list(dst)
        .ints(places)
        .launchItems(places, 1);
  }

  /** The weights of a parameter as they stand. */
  public DeviceBuffer weights(Parameter parameter) {
    return weights(parameter, Arrangement.identity(parameter.value().shape()));
  }

  /**
   * A vector of {@code channels} weights padded to whole blocks; a single weight is repeated, no
   * parameter is zeros.
   */
  public DeviceBuffer vector(Parameter parameter, int channels, int block) {
    return parameter == null
        ? constant(new float[Blocks.roundUp(channels, block)])
        : weights(parameter, Packing.padded(parameter.value().shape(), channels, block));
  }

  /**
   * The defines that every kernel file takes: LANES, the elements of a vector, and HALF in fp16,
   * which the files that only training uses do not know.
   */
  public Defines defines() {
    boolean half = precision == Precision.FP16;
    return new Defines().set("LANES", tuning().lanes()).flag("HALF", half);
  }

  /** As {@link #defines()}, of a kernel whose lanes lie along a row or, of patches, the batch. */
  Defines defines(TensorType type) {
    return alongBatch(defines(), type);
  }

  /** As {@link #movingDefines()}, likewise. */
  Defines movingDefines(TensorType type) {
    return alongBatch(movingDefines(), type);
  }

  private static Defines alongBatch(Defines defines, TensorType type) {
    return defines.flag("LANES_ALONG_BATCH", type.layout() == Layout.PATCHES);
  }

  /**
   * As {@link #defines}, with vectors of {@link Tuning#movedLanes}, for files that load and store
   * whole vectors of a row alone, none from between two. Where work-items share rows, compilers are
   * told that these are aligned: else NVIDIA's takes four loads for one.
   */
  public Defines movingDefines() {
    boolean half = precision == Precision.FP16;
    return new Defines()
        .set("LANES", tuning().movedLanes())
        .flag("HALF", half)
        .flag("ALIGNED", tuning().workGroup() > 1);
  }

  /** Starts a call of a new kernel object; the call ends in {@link KernelCall#launch}. */
  public KernelCall kernel(String file, String entry, Defines defines) {
    Kernel kernel = library.kernel(file, entry, defines);
    kernels.add(kernel);
    return new KernelCall(kernel, this);
  }

  /**
   * The most work-items, of {@link Tuning#reduceGroup} and its halves, in which the device runs a
   * kernel whose group is compiled into it. Drivers tell only once it is: some find too few
   * registers for it.
   */
  int group(String file, String entry, IntFunction<Defines> ofGroup) {
    int group = tuning().reduceGroup();
    while (group > 1 && !library.runs(file, entry, ofGroup.apply(group), group)) {
      group /= 2;
    }
    return group;
  }

  void add(RowLaunch launch) {
    launches.add(launch.launch());
    recorded.add(new Recorded(launch, stage, operator));
  }

  /** Appends launches recorded before once more, stage and all: a loop unrolled. */
  public void repeat(List<Recorded> again) {
    recorded.addAll(again);
  }

  /** The launches so far, in the order they run. */
  public List<Recorded> recorded() {
    return recorded;
  }

  @Override
  public void close() {
    launches.forEach(Launch::close);
    // A kernel whose launch was refused has no launch to close it.
    kernels.forEach(Kernel::close);
    constants.forEach(DeviceBuffer::close);
    status.close();
    launches.clear();
    kernels.clear();
    constants.clear();
    recorded.clear();
  }
}
