package dev.loupe.opencl;

import static dev.loupe.opencl.ClStatus.check;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.system.MemoryUtil.memAddress;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.List;
import org.lwjgl.BufferUtils;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;
import org.lwjgl.opencl.CL12;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/**
 * The binding over LWJGL. A handle is a {@code Long} boxed once, when it is made; the calls of the
 * frame loop take raw addresses of memory prepared beforehand and so allocate nothing.
 */
final class LwjglBinding implements ClBinding {
  /** A range in native memory: {@code global} and {@code local} are addresses in {@code memory}. */
  private record Range(int dimensions, long global, long local, PointerBuffer memory) {}

  LwjglBinding() {
    LwjglLibrary.load();
  }

  @Override
  public String name() {
    return "lwjgl";
  }

  @Override
  public List<Object> platforms() {
    return LwjglInfo.platforms();
  }

  @Override
  public List<Object> devices(Object platform) {
    return LwjglInfo.devices((Long) platform);
  }

  @Override
  public byte[] info(Kind kind, Object handle, Object device, int parameter) {
    return LwjglInfo.bytes(kind, (Long) handle, (Long) device, parameter);
  }

  @Override
  public Object createContext(Object device) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      IntBuffer status = stack.callocInt(1);
      long ids = memAddress(stack.pointers((Long) device));
      return made(
          "clCreateContext",
          CL10.nclCreateContext(NULL, 1, ids, NULL, NULL, memAddress(status)),
          status);
    }
  }

  @Override
  public void retainContext(Object context) {
    check("clRetainContext", CL10.clRetainContext((Long) context));
  }

  @Override
  public Object createQueue(Object context, Object device) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      IntBuffer status = stack.callocInt(1);
      return made(
          "clCreateCommandQueue",
          CL10.nclCreateCommandQueue(
              (Long) context, (Long) device, CL10.CL_QUEUE_PROFILING_ENABLE, memAddress(status)),
          status);
    }
  }

  @Override
  public Object createBuffer(Object context, long bytes) {
    return createBuffer(context, CL10.CL_MEM_READ_WRITE, bytes);
  }

  @Override
  public Object createHostBuffer(Object context, long bytes) {
    return createBuffer(context, CL10.CL_MEM_READ_WRITE | CL10.CL_MEM_ALLOC_HOST_PTR, bytes);
  }

  private static Object createBuffer(Object context, long flags, long bytes) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      IntBuffer status = stack.callocInt(1);
      return made(
          "clCreateBuffer of " + bytes + " bytes",
          CL10.nclCreateBuffer((Long) context, flags, bytes, NULL, memAddress(status)),
          status);
    }
  }

  @Override
  public ByteBuffer map(Object queue, Object buffer, int bytes) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      IntBuffer status = stack.callocInt(1);
      long access = CL10.CL_MAP_READ | CL10.CL_MAP_WRITE;
      long address =
          CL10.nclEnqueueMapBuffer(
              (Long) queue, (Long) buffer, 1, access, 0, bytes, 0, NULL, NULL, memAddress(status));
      check("clEnqueueMapBuffer", status.get(0));
      return MemoryUtil.memByteBuffer(address, bytes);
    }
  }

  @Override
  public void unmap(Object queue, Object buffer, ByteBuffer mapped) {
    check(
        "clEnqueueUnmapMemObject",
        CL10.nclEnqueueUnmapMemObject(
            (Long) queue, (Long) buffer, memAddress(mapped, 0), 0, NULL, NULL));
    finish(queue);
  }

  @Override
  public Object createProgram(Object context, String source) {
    ByteBuffer text = MemoryUtil.memUTF8(source, false);
    try (MemoryStack stack = MemoryStack.stackPush()) {
      IntBuffer status = stack.callocInt(1);
      long texts = memAddress(stack.pointers(memAddress(text)));
      long lengths = memAddress(stack.pointers(text.remaining()));
      return made(
          "clCreateProgramWithSource",
          CL10.nclCreateProgramWithSource((Long) context, 1, texts, lengths, memAddress(status)),
          status);
    } finally {
      MemoryUtil.memFree(text);
    }
  }

  @Override
  public Object createProgram(Object context, Object device, byte[] binary) {
    ByteBuffer code = MemoryUtil.memAlloc(binary.length);
    try (MemoryStack stack = MemoryStack.stackPush()) {
      code.put(binary).flip();
      IntBuffer status = stack.callocInt(1);
      return made(
          "clCreateProgramWithBinary",
          CL10.nclCreateProgramWithBinary(
              (Long) context,
              1,
              memAddress(stack.pointers((Long) device)),
              memAddress(stack.pointers(binary.length)),
              memAddress(stack.pointers(memAddress(code))),
              NULL,
              memAddress(status)),
          status);
    } finally {
      MemoryUtil.memFree(code);
    }
  }

  @Override
  public int build(Object program, Object device) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      long ids = memAddress(stack.pointers((Long) device));
      return CL10.nclBuildProgram((Long) program, 1, ids, NULL, NULL, NULL);
    }
  }

  @Override
  public byte[] binary(Object program) {
    byte[] sizes = info(Kind.PROGRAM, program, null, CL10.CL_PROGRAM_BINARY_SIZES);
    if (sizes == null || sizes.length != Long.BYTES) {
      return null;
    }
    int bytes = (int) new Info(this, Kind.PROGRAM, program).big(CL10.CL_PROGRAM_BINARY_SIZES);
    if (bytes <= 0) {
      return null;
    }
    ByteBuffer code = MemoryUtil.memAlloc(bytes);
    try (MemoryStack stack = MemoryStack.stackPush()) {
      PointerBuffer codes = stack.pointers(memAddress(code));
      check(
          "clGetProgramInfo",
          CL10.nclGetProgramInfo(
              (Long) program,
              CL10.CL_PROGRAM_BINARIES,
              PointerBuffer.POINTER_SIZE,
              memAddress(codes),
              NULL));
      byte[] copy = new byte[bytes];
      code.get(copy);
      return copy;
    } finally {
      MemoryUtil.memFree(code);
    }
  }

  @Override
  public Object createKernel(Object program, String name) {
    ByteBuffer text = MemoryUtil.memASCII(name);
    try (MemoryStack stack = MemoryStack.stackPush()) {
      IntBuffer status = stack.callocInt(1);
      return made(
          "clCreateKernel of " + name,
          CL10.nclCreateKernel((Long) program, memAddress(text), memAddress(status)),
          status);
    } finally {
      MemoryUtil.memFree(text);
    }
  }

  private static Object made(String call, long handle, IntBuffer status) {
    check(call, status.get(0));
    return handle;
  }

  @Override
  public void setBuffer(Object kernel, int index, Object buffer) {
    setLong(kernel, index, (Long) buffer, PointerBuffer.POINTER_SIZE);
  }

  @Override
  public void setLong(Object kernel, int index, long value) {
    setLong(kernel, index, value, Long.BYTES);
  }

  private static void setLong(Object kernel, int index, long value, int bytes) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      long at = memAddress(stack.longs(value));
      check("clSetKernelArg", CL10.nclSetKernelArg((Long) kernel, index, bytes, at));
    }
  }

  @Override
  public void setInt(Object kernel, int index, int bits) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      long at = memAddress(stack.ints(bits));
      check("clSetKernelArg", CL10.nclSetKernelArg((Long) kernel, index, Integer.BYTES, at));
    }
  }

  @Override
  public Object range(long[] global, long[] local) {
    PointerBuffer memory = BufferUtils.createPointerBuffer(2 * global.length);
    memory.put(global);
    if (local != null) {
      memory.put(local);
    }
    memory.rewind();
    long second = memAddress(memory) + (long) global.length * PointerBuffer.POINTER_SIZE;
    return new Range(global.length, memAddress(memory), local == null ? NULL : second, memory);
  }

  @Override
  public Object events(int capacity) {
    return BufferUtils.createPointerBuffer(capacity);
  }

  @Override
  public void enqueue(Object queue, Object kernel, Object range, Object events, int slot) {
    Range r = (Range) range;
    long event = events == null ? NULL : memAddress((PointerBuffer) events, slot);
    check(
        "clEnqueueNDRangeKernel",
        CL10.nclEnqueueNDRangeKernel(
            (Long) queue, (Long) kernel, r.dimensions, NULL, r.global, r.local, 0, NULL, event));
  }

  @Override
  public long eventNanos(Object events, int slot, int parameter) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      LongBuffer nanos = stack.mallocLong(1);
      check(
          "clGetEventProfilingInfo",
          CL10.nclGetEventProfilingInfo(
              ((PointerBuffer) events).get(slot), parameter, Long.BYTES, memAddress(nanos), NULL));
      return nanos.get(0);
    }
  }

  @Override
  public void releaseEvent(Object events, int slot) {
    check("clReleaseEvent", CL10.clReleaseEvent(((PointerBuffer) events).get(slot)));
  }

  @Override
  public void write(Object queue, Object buffer, long offset, Buffer host, long bytes) {
    check(
        "clEnqueueWriteBuffer",
        CL10.nclEnqueueWriteBuffer(
            (Long) queue, (Long) buffer, 1, offset, bytes, memAddress(host), 0, NULL, NULL));
  }

  @Override
  public void read(Object queue, Object buffer, long offset, Buffer host, long bytes) {
    check(
        "clEnqueueReadBuffer",
        CL10.nclEnqueueReadBuffer(
            (Long) queue, (Long) buffer, 1, offset, bytes, memAddress(host), 0, NULL, NULL));
  }

  @Override
  public void fill(Object queue, Object buffer, int pattern, long offset, long bytes) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      long at = memAddress(stack.ints(pattern));
      check(
          "clEnqueueFillBuffer",
          CL12.nclEnqueueFillBuffer(
              (Long) queue, (Long) buffer, at, Integer.BYTES, offset, bytes, 0, NULL, NULL));
    }
  }

  @Override
  public void copy(
      Object queue, Object from, long fromOffset, Object to, long toOffset, long bytes) {
    check(
        "clEnqueueCopyBuffer",
        CL10.nclEnqueueCopyBuffer(
            (Long) queue, (Long) from, (Long) to, fromOffset, toOffset, bytes, 0, NULL, NULL));
  }

  @Override
  public void finish(Object queue) {
    check("clFinish", CL10.clFinish((Long) queue));
  }

  @Override
  public void release(Kind kind, Object handle) {
    long raw = (Long) handle;
    int status =
        switch (kind) {
          case PLATFORM, DEVICE -> ClStatus.SUCCESS;
          case CONTEXT -> CL10.clReleaseContext(raw);
          case QUEUE -> CL10.clReleaseCommandQueue(raw);
          case BUFFER -> CL10.clReleaseMemObject(raw);
          case PROGRAM -> CL10.clReleaseProgram(raw);
          case KERNEL -> CL10.clReleaseKernel(raw);
        };
    check("clRelease" + kind, status);
  }
}
