package dev.loupe.opencl;

import static dev.loupe.opencl.ClStatus.check;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/**
 * The binding over JOCL. A handle is JOCL's own object. A caller may have told JOCL to throw its
 * exceptions, so every call goes through a guard that turns them back into status codes.
 */
final class JoclBinding implements ClBinding {
  JoclBinding() {
    platforms();
  }

  @Override
  public String name() {
    return "jocl";
  }

  /** The status of a call, whether JOCL returns or throws it. */
  static int status(IntSupplier call) {
    try {
      return call.getAsInt();
    } catch (CLException e) {
      return e.getStatus();
    }
  }

  /** What a creating call returns, which reports through {@code status[0]}. */
  private static <T> T made(String call, Function<int[], T> creation) {
    int[] status = new int[1];
    try {
      T handle = creation.apply(status);
      check(call, status[0]);
      return handle;
    } catch (CLException e) {
      throw ClStatus.exception(call, e.getStatus());
    }
  }

  @Override
  public List<Object> platforms() {
    return JoclInfo.platforms();
  }

  @Override
  public List<Object> devices(Object platform) {
    return JoclInfo.devices((cl_platform_id) platform);
  }

  @Override
  public byte[] info(Kind kind, Object handle, Object device, int parameter) {
    return JoclInfo.bytes(kind, handle, (cl_device_id) device, parameter);
  }

  @Override
  public Object createContext(Object device) {
    cl_device_id[] ids = {(cl_device_id) device};
    return made("clCreateContext", status -> CL.clCreateContext(null, 1, ids, null, null, status));
  }

  @Override
  public void retainContext(Object context) {
    check("clRetainContext", status(() -> CL.clRetainContext((cl_context) context)));
  }

  @Override
  @SuppressWarnings("deprecation") // The successor came with OpenCL 2.0; Loupe asks for 1.2.
  public Object createQueue(Object context, Object device) {
    return made(
        "clCreateCommandQueue",
        status ->
            CL.clCreateCommandQueue(
                (cl_context) context, (cl_device_id) device, CL.CL_QUEUE_PROFILING_ENABLE, status));
  }

  @Override
  public Object createBuffer(Object context, long bytes) {
    return createBuffer(context, CL.CL_MEM_READ_WRITE, bytes);
  }

  @Override
  public Object createHostBuffer(Object context, long bytes) {
    return createBuffer(context, CL.CL_MEM_READ_WRITE | CL.CL_MEM_ALLOC_HOST_PTR, bytes);
  }

  private static Object createBuffer(Object context, long flags, long bytes) {
    return made(
        "clCreateBuffer of " + bytes + " bytes",
        status -> CL.clCreateBuffer((cl_context) context, flags, bytes, null, status));
  }

  @Override
  public ByteBuffer map(Object queue, Object buffer, int bytes) {
    long access = CL.CL_MAP_READ | CL.CL_MAP_WRITE;
    ByteBuffer mapped =
        made(
            "clEnqueueMapBuffer",
            status ->
                CL.clEnqueueMapBuffer(
                    (cl_command_queue) queue,
                    (cl_mem) buffer,
                    true,
                    access,
                    0,
                    bytes,
                    0,
                    null,
                    null,
                    status));
    return mapped.order(ByteOrder.nativeOrder());
  }

  @Override
  public void unmap(Object queue, Object buffer, ByteBuffer mapped) {
    check(
        "clEnqueueUnmapMemObject",
        status(
            () ->
                CL.clEnqueueUnmapMemObject(
                    (cl_command_queue) queue, (cl_mem) buffer, mapped, 0, null, null)));
    finish(queue);
  }

  @Override
  public Object createProgram(Object context, String source) {
    String[] texts = {source};
    return made(
        "clCreateProgramWithSource",
        status -> CL.clCreateProgramWithSource((cl_context) context, 1, texts, null, status));
  }

  @Override
  public Object createProgram(Object context, Object device, byte[] binary) {
    cl_device_id[] ids = {(cl_device_id) device};
    long[] lengths = {binary.length};
    byte[][] codes = {binary};
    return made(
        "clCreateProgramWithBinary",
        status ->
            CL.clCreateProgramWithBinary(
                (cl_context) context, 1, ids, lengths, codes, null, status));
  }

  @Override
  public int build(Object program, Object device) {
    cl_device_id[] ids = {(cl_device_id) device};
    return status(() -> CL.clBuildProgram((cl_program) program, 1, ids, null, null, null));
  }

  @Override
  public byte[] binary(Object program) {
    byte[] sizes = info(Kind.PROGRAM, program, null, CL.CL_PROGRAM_BINARY_SIZES);
    if (sizes == null || sizes.length != Sizeof.size_t) {
      return null;
    }
    int bytes = (int) new Info(this, Kind.PROGRAM, program).big(CL.CL_PROGRAM_BINARY_SIZES);
    if (bytes <= 0) {
      return null;
    }
    byte[] code = new byte[bytes];
    Pointer codes = Pointer.to(Pointer.to(code));
    check(
        "clGetProgramInfo",
        status(
            () ->
                CL.clGetProgramInfo(
                    (cl_program) program, CL.CL_PROGRAM_BINARIES, Sizeof.POINTER, codes, null)));
    return code;
  }

  @Override
  public Object createKernel(Object program, String name) {
    return made(
        "clCreateKernel of " + name,
        status -> CL.clCreateKernel((cl_program) program, name, status));
  }

  @Override
  public void setBuffer(Object kernel, int index, Object buffer) {
    set(kernel, index, Sizeof.cl_mem, Pointer.to((cl_mem) buffer));
  }

  @Override
  public void setInt(Object kernel, int index, int bits) {
    set(kernel, index, Integer.BYTES, Pointer.to(new int[] {bits}));
  }

  @Override
  public void setLong(Object kernel, int index, long value) {
    set(kernel, index, Long.BYTES, Pointer.to(new long[] {value}));
  }

  private static void set(Object kernel, int index, long bytes, Pointer value) {
    check(
        "clSetKernelArg", status(() -> CL.clSetKernelArg((cl_kernel) kernel, index, bytes, value)));
  }

  /** {global, local}. */
  @Override
  public Object range(long[] global, long[] local) {
    return new long[][] {global, local};
  }

  @Override
  public Object events(int capacity) {
    cl_event[] events = new cl_event[capacity];
    for (int i = 0; i < capacity; i++) {
      events[i] = new cl_event();
    }
    return events;
  }

  @Override
  public void enqueue(Object queue, Object kernel, Object range, Object events, int slot) {
    long[][] extents = (long[][]) range;
    int status;
    try {
      status =
          CL.clEnqueueNDRangeKernel(
              (cl_command_queue) queue,
              (cl_kernel) kernel,
              extents[0].length,
              null,
              extents[0],
              extents[1],
              0,
              null,
              events == null ? null : ((cl_event[]) events)[slot]);
    } catch (CLException e) {
      status = e.getStatus();
    }
    check("clEnqueueNDRangeKernel", status);
  }

  @Override
  public long eventNanos(Object events, int slot, int parameter) {
    cl_event event = ((cl_event[]) events)[slot];
    long[] nanos = new long[1];
    check(
        "clGetEventProfilingInfo",
        status(
            () ->
                CL.clGetEventProfilingInfo(event, parameter, Long.BYTES, Pointer.to(nanos), null)));
    return nanos[0];
  }

  @Override
  public void releaseEvent(Object events, int slot) {
    release("clReleaseEvent", ((cl_event[]) events)[slot], CL::clReleaseEvent);
  }

  @Override
  public void write(Object queue, Object buffer, long offset, Buffer host, long bytes) {
    Pointer from = Pointer.toBuffer(host);
    check(
        "clEnqueueWriteBuffer",
        status(
            () ->
                CL.clEnqueueWriteBuffer(
                    (cl_command_queue) queue,
                    (cl_mem) buffer,
                    true,
                    offset,
                    bytes,
                    from,
                    0,
                    null,
                    null)));
  }

  @Override
  public void read(Object queue, Object buffer, long offset, Buffer host, long bytes) {
    Pointer to = Pointer.toBuffer(host);
    check(
        "clEnqueueReadBuffer",
        status(
            () ->
                CL.clEnqueueReadBuffer(
                    (cl_command_queue) queue,
                    (cl_mem) buffer,
                    true,
                    offset,
                    bytes,
                    to,
                    0,
                    null,
                    null)));
  }

  @Override
  public void fill(Object queue, Object buffer, int pattern, long offset, long bytes) {
    Pointer value = Pointer.to(new int[] {pattern});
    check(
        "clEnqueueFillBuffer",
        status(
            () ->
                CL.clEnqueueFillBuffer(
                    (cl_command_queue) queue,
                    (cl_mem) buffer,
                    value,
                    Integer.BYTES,
                    offset,
                    bytes,
                    0,
                    null,
                    null)));
  }

  @Override
  public void copy(
      Object queue, Object from, long fromOffset, Object to, long toOffset, long bytes) {
    check(
        "clEnqueueCopyBuffer",
        status(
            () ->
                CL.clEnqueueCopyBuffer(
                    (cl_command_queue) queue,
                    (cl_mem) from,
                    (cl_mem) to,
                    fromOffset,
                    toOffset,
                    bytes,
                    0,
                    null,
                    null)));
  }

  @Override
  public void finish(Object queue) {
    check("clFinish", status(() -> CL.clFinish((cl_command_queue) queue)));
  }

  @Override
  public void release(Kind kind, Object handle) {
    switch (kind) {
      case PLATFORM, DEVICE -> {}
      case CONTEXT -> release("clReleaseContext", (cl_context) handle, CL::clReleaseContext);
      case QUEUE ->
          release("clReleaseCommandQueue", (cl_command_queue) handle, CL::clReleaseCommandQueue);
      case BUFFER -> release("clReleaseMemObject", (cl_mem) handle, CL::clReleaseMemObject);
      case PROGRAM -> release("clReleaseProgram", (cl_program) handle, CL::clReleaseProgram);
      case KERNEL -> release("clReleaseKernel", (cl_kernel) handle, CL::clReleaseKernel);
    }
  }

  private static <T> void release(String call, T handle, ToIntFunction<T> release) {
    check(call, status(() -> release.applyAsInt(handle)));
  }
}
