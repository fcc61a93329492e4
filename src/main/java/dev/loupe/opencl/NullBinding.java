package dev.loupe.opencl;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A device that computes nothing and stores nothing, so that graph, planner and executor are tested
 * with no OpenCL. It counts what is asked of it; a read leaves the host buffer as it is.
 */
public final class NullBinding implements ClBinding {
  private static final long GLOBAL_BYTES = 16L << 30;
  private static final long MAX_ALLOCATION = 4L << 30;

  /** What NVIDIA's driver grants a group, less than AMD's 64 KB. */
  private static final long LOCAL_BYTES = 48L << 10;

  private static final long MAX_WORK_GROUP = 1024;

  private static final Pattern MACRO_CALL = Pattern.compile("(\\w+)\\([^()]*\\)");

  private record Handle(String what) {}

  private record NullProgram(String source) {}

  private record NullKernel(int arguments) {}

  private final Object platform = new Handle("platform");
  private final Object device = new Handle("device");
  private final long maxAllocation;
  private final long localBytes;
  private final int units;
  private final boolean matrixUnits;
  private final AtomicLong launches = new AtomicLong();
  private final AtomicLong allocations = new AtomicLong();
  private final AtomicLong transfers = new AtomicLong();
  private final AtomicLong builds = new AtomicLong();
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong released = new AtomicLong();

  /** A device with memory to spare. */
  public NullBinding() {
    this(MAX_ALLOCATION, LOCAL_BYTES, 1, false);
  }

  private NullBinding(long maxAllocation, long localBytes, int units, boolean matrixUnits) {
    this.maxAllocation = maxAllocation;
    this.localBytes = localBytes;
    this.units = units;
    this.matrixUnits = matrixUnits;
  }

  /**
   * A device with the memory limits and processors of another, so that graphs are recorded as they
   * are there.
   */
  public static NullBinding like(Device device) {
    return new NullBinding(
        device.memory().maxAllocation(),
        device.memory().local(),
        device.compute().units(),
        device.compute().matrixUnits());
  }

  /** Kernels enqueued so far. */
  public long launches() {
    return launches.get();
  }

  /** Buffers allocated so far. */
  public long allocations() {
    return allocations.get();
  }

  /** Reads, writes, fills and copies so far. */
  public long transfers() {
    return transfers.get();
  }

  /** Programs built so far. */
  public long builds() {
    return builds.get();
  }

  /** Objects and mappings that were made and not yet released; 0 when nothing leaks. */
  public long open() {
    return made.get() - released.get();
  }

  /** Objects of any kind released so far. */
  public long releases() {
    return released.get();
  }

  @Override
  public String name() {
    return "null";
  }

  @Override
  public List<Object> platforms() {
    return List.of(platform);
  }

  @Override
  public List<Object> devices(Object of) {
    return List.of(device);
  }

  @Override
  public byte[] info(Kind kind, Object handle, Object of, int parameter) {
    return switch (kind) {
      case PLATFORM -> platformInfo(parameter);
      case DEVICE -> deviceInfo(parameter);
      case KERNEL -> kernelInfo((NullKernel) handle, parameter);
      default -> null;
    };
  }

  private static byte[] platformInfo(int parameter) {
    return switch (parameter) {
      case DeviceReader.CL_PLATFORM_VERSION -> text("OpenCL 1.2 null");
      case DeviceReader.CL_PLATFORM_NAME -> text("Null platform");
      default -> null;
    };
  }

  private byte[] deviceInfo(int parameter) {
    return switch (parameter) {
      case DeviceReader.CL_DEVICE_TYPE -> longs(DeviceReader.CL_DEVICE_TYPE_ACCELERATOR);
      case DeviceReader.CL_DEVICE_MAX_COMPUTE_UNITS -> ints(units);
      case DeviceReader.CL_DEVICE_MAX_WORK_GROUP_SIZE -> longs(MAX_WORK_GROUP);
      case DeviceReader.CL_DEVICE_MAX_WORK_ITEM_SIZES ->
          longs(MAX_WORK_GROUP, MAX_WORK_GROUP, MAX_WORK_GROUP);
      case DeviceReader.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT -> ints(4);
      case DeviceReader.CL_DEVICE_MAX_MEM_ALLOC_SIZE -> longs(maxAllocation);
      case DeviceReader.CL_DEVICE_GLOBAL_MEM_SIZE -> longs(GLOBAL_BYTES);
      case DeviceReader.CL_DEVICE_LOCAL_MEM_SIZE -> longs(localBytes);
      case DeviceReader.CL_DEVICE_NAME -> text("Null device");
      case DeviceReader.CL_DEVICE_VENDOR -> text("Loupe");
      case DeviceReader.CL_DRIVER_VERSION -> text("1");
      case DeviceReader.CL_DEVICE_VERSION -> text("OpenCL 1.2 null");
      case DeviceReader.CL_DEVICE_EXTENSIONS ->
          matrixUnits ? text("cl_nv_device_attribute_query") : null;
      case DeviceReader.CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV ->
          ints(DeviceReader.LEAST_CAPABILITY);
      default -> null;
    };
  }

  private static byte[] kernelInfo(NullKernel kernel, int parameter) {
    return switch (parameter) {
      case Kernel.CL_KERNEL_NUM_ARGS -> ints(kernel.arguments());
      case Kernel.CL_KERNEL_WORK_GROUP_SIZE -> longs(MAX_WORK_GROUP);
      default -> null;
    };
  }

  private static byte[] text(String value) {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] ints(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  private static byte[] longs(long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.nativeOrder());
    Arrays.stream(values).forEach(bytes::putLong);
    return bytes.array();
  }

  private Object count(Object handle) {
    made.incrementAndGet();
    return handle;
  }

  @Override
  public Object createContext(Object of) {
    return count(new Handle("context"));
  }

  @Override
  public void retainContext(Object context) {
    made.incrementAndGet();
  }

  @Override
  public Object createQueue(Object context, Object of) {
    return count(new Handle("queue"));
  }

  @Override
  public Object createBuffer(Object context, long bytes) {
    allocations.incrementAndGet();
    return count(new Handle("buffer"));
  }

  @Override
  public Object createHostBuffer(Object context, long bytes) {
    return count(new Handle("host buffer"));
  }

  /** Memory of Java's own. */
  @Override
  public ByteBuffer map(Object queue, Object buffer, int bytes) {
    made.incrementAndGet();
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public void unmap(Object queue, Object buffer, ByteBuffer mapped) {
    released.incrementAndGet();
  }

  @Override
  public Object createProgram(Object context, String source) {
    return count(new NullProgram(source));
  }

  @Override
  public Object createProgram(Object context, Object of, byte[] binary) {
    return count(new NullProgram(new String(binary, StandardCharsets.UTF_8)));
  }

  @Override
  public int build(Object program, Object of) {
    builds.incrementAndGet();
    return ClStatus.SUCCESS;
  }

  @Override
  public byte[] binary(Object program) {
    return null;
  }

  /**
   * Counts the arguments in the source text: those between the parentheses after the name, macros
   * that stand for several expanded.
   */
  @Override
  public Object createKernel(Object program, String name) {
    String source = ((NullProgram) program).source();
    Matcher header =
        Pattern.compile("\\bvoid\\s+" + Pattern.quote(name) + "\\s*\\(((?:[^()]|\\([^()]*\\))*)\\)")
            .matcher(source);
    if (!header.find()) {
      throw ClStatus.exception("clCreateKernel of " + name, ClStatus.INVALID_KERNEL_NAME);
    }
    String list =
        MACRO_CALL
            .matcher(header.group(1).trim())
            .replaceAll(call -> Matcher.quoteReplacement(macro(call.group(1), source)));
    int arguments = list.isEmpty() || list.equals("void") ? 0 : list.split(",", -1).length;
    return count(new NullKernel(arguments));
  }

  private static String macro(String name, String source) {
    Matcher definition =
        Pattern.compile("#define " + Pattern.quote(name) + "\\([^)]*\\)((?:.*\\\\\n)*.*)")
            .matcher(source);
    return definition.find() ? definition.group(1) : name;
  }

  @Override
  public void setBuffer(Object kernel, int index, Object buffer) {}

  @Override
  public void setInt(Object kernel, int index, int bits) {}

  @Override
  public void setLong(Object kernel, int index, long value) {}

  @Override
  public Object range(long[] global, long[] local) {
    return new Handle("range");
  }

  @Override
  public Object events(int capacity) {
    return new Handle("events");
  }

  @Override
  public void enqueue(Object queue, Object kernel, Object range, Object events, int slot) {
    launches.incrementAndGet();
  }

  @Override
  public long eventNanos(Object events, int slot, int parameter) {
    return 0;
  }

  @Override
  public void releaseEvent(Object events, int slot) {}

  @Override
  public void write(Object queue, Object buffer, long offset, Buffer host, long bytes) {
    transfers.incrementAndGet();
  }

  @Override
  public void read(Object queue, Object buffer, long offset, Buffer host, long bytes) {
    transfers.incrementAndGet();
  }

  @Override
  public void fill(Object queue, Object buffer, int pattern, long offset, long bytes) {
    transfers.incrementAndGet();
  }

  @Override
  public void copy(
      Object queue, Object from, long fromOffset, Object to, long toOffset, long bytes) {
    transfers.incrementAndGet();
  }

  @Override
  public void finish(Object queue) {}

  @Override
  public void release(Kind kind, Object handle) {
    released.incrementAndGet();
  }
}
