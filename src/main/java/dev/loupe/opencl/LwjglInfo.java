package dev.loupe.opencl;

import static dev.loupe.opencl.ClStatus.check;
import static org.lwjgl.system.MemoryUtil.NULL;
import static org.lwjgl.system.MemoryUtil.memAddress;

import dev.loupe.opencl.ClBinding.Kind;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** The questions of {@link LwjglBinding}: lists of platforms and devices, and clGet*Info. */
final class LwjglInfo {
  private LwjglInfo() {}

  static List<Object> platforms() {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      IntBuffer count = stack.mallocInt(1);
      int status = CL10.nclGetPlatformIDs(0, NULL, memAddress(count));
      if (status == ClStatus.PLATFORM_NOT_FOUND_KHR || (status == 0 && count.get(0) == 0)) {
        return List.of();
      }
      check("clGetPlatformIDs", status);
      PointerBuffer ids = stack.mallocPointer(count.get(0));
      check("clGetPlatformIDs", CL10.nclGetPlatformIDs(count.get(0), memAddress(ids), NULL));
      return handles(ids, count.get(0));
    }
  }

  static List<Object> devices(long platform) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      IntBuffer count = stack.mallocInt(1);
      int status =
          CL10.nclGetDeviceIDs(
              platform, DeviceReader.CL_DEVICE_TYPE_ALL, 0, NULL, memAddress(count));
      if (status == ClStatus.DEVICE_NOT_FOUND || (status == 0 && count.get(0) == 0)) {
        return List.of();
      }
      check("clGetDeviceIDs", status);
      PointerBuffer ids = stack.mallocPointer(count.get(0));
      check(
          "clGetDeviceIDs",
          CL10.nclGetDeviceIDs(
              platform, DeviceReader.CL_DEVICE_TYPE_ALL, count.get(0), memAddress(ids), NULL));
      return handles(ids, count.get(0));
    }
  }

  private static List<Object> handles(PointerBuffer ids, int count) {
    List<Object> handles = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      handles.add(ids.get(i));
    }
    return handles;
  }

  /** See {@link ClBinding#info}. */
  static byte[] bytes(Kind kind, long handle, Long device, int parameter) {
    try (MemoryStack stack = MemoryStack.stackPush()) {
      PointerBuffer size = stack.mallocPointer(1);
      long sizeAt = memAddress(size);
      if (info(kind, handle, device, parameter, 0, NULL, sizeAt) != 0) {
        return null;
      }
      int bytes = Math.toIntExact(size.get(0));
      ByteBuffer value = MemoryUtil.memAlloc(Math.max(1, bytes));
      try {
        check(
            "clGet" + kind + "Info",
            info(kind, handle, device, parameter, bytes, memAddress(value), NULL));
        byte[] copy = new byte[bytes];
        value.get(copy);
        return copy;
      } finally {
        MemoryUtil.memFree(value);
      }
    }
  }

  private static int info(
      Kind kind, long handle, Long device, int parameter, long bytes, long value, long sizeAt) {
    return switch (kind) {
      case PLATFORM -> CL10.nclGetPlatformInfo(handle, parameter, bytes, value, sizeAt);
      case DEVICE -> CL10.nclGetDeviceInfo(handle, parameter, bytes, value, sizeAt);
      case CONTEXT -> CL10.nclGetContextInfo(handle, parameter, bytes, value, sizeAt);
      case QUEUE -> CL10.nclGetCommandQueueInfo(handle, parameter, bytes, value, sizeAt);
      case BUFFER -> CL10.nclGetMemObjectInfo(handle, parameter, bytes, value, sizeAt);
      case PROGRAM ->
          device == null
              ? CL10.nclGetProgramInfo(handle, parameter, bytes, value, sizeAt)
              : CL10.nclGetProgramBuildInfo(handle, device, parameter, bytes, value, sizeAt);
      case KERNEL ->
          device == null
              ? CL10.nclGetKernelInfo(handle, parameter, bytes, value, sizeAt)
              : CL10.nclGetKernelWorkGroupInfo(handle, device, parameter, bytes, value, sizeAt);
    };
  }
}
