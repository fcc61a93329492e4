package dev.loupe.opencl;

import static dev.loupe.opencl.ClStatus.check;
import static dev.loupe.opencl.JoclBinding.status;

import dev.loupe.opencl.ClBinding.Kind;
import java.util.List;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;
import org.jocl.cl_platform_id;
import org.jocl.cl_program;

/** The questions of {@link JoclBinding}: lists of platforms and devices, and clGet*Info. */
final class JoclInfo {
  private JoclInfo() {}

  static List<Object> platforms() {
    int[] count = new int[1];
    int status = status(() -> CL.clGetPlatformIDs(0, null, count));
    if (status == ClStatus.PLATFORM_NOT_FOUND_KHR || (status == 0 && count[0] == 0)) {
      return List.of();
    }
    check("clGetPlatformIDs", status);
    cl_platform_id[] ids = new cl_platform_id[count[0]];
    check("clGetPlatformIDs", status(() -> CL.clGetPlatformIDs(ids.length, ids, null)));
    return List.of((Object[]) ids);
  }

  static List<Object> devices(cl_platform_id of) {
    int[] count = new int[1];
    int status =
        status(() -> CL.clGetDeviceIDs(of, DeviceReader.CL_DEVICE_TYPE_ALL, 0, null, count));
    if (status == ClStatus.DEVICE_NOT_FOUND || (status == 0 && count[0] == 0)) {
      return List.of();
    }
    check("clGetDeviceIDs", status);
    cl_device_id[] ids = new cl_device_id[count[0]];
    check(
        "clGetDeviceIDs",
        status(
            () -> CL.clGetDeviceIDs(of, DeviceReader.CL_DEVICE_TYPE_ALL, ids.length, ids, null)));
    return List.of((Object[]) ids);
  }

  /** See {@link ClBinding#info}. */
  static byte[] bytes(Kind kind, Object handle, cl_device_id of, int parameter) {
    long[] size = new long[1];
    if (status(() -> info(kind, handle, of, parameter, null, size)) != 0) {
      return null;
    }
    byte[] value = new byte[Math.toIntExact(size[0])];
    size[0] = value.length;
    Pointer to = Pointer.to(value);
    check("clGet" + kind + "Info", status(() -> info(kind, handle, of, parameter, to, size)));
    return value;
  }

  /** Asks for the value of {@code size[0]} bytes, or for the size where {@code value} is null. */
  private static int info(
      Kind kind, Object handle, cl_device_id device, int parameter, Pointer value, long[] size) {
    long bytes = value == null ? 0 : size[0];
    return switch (kind) {
      case PLATFORM -> CL.clGetPlatformInfo((cl_platform_id) handle, parameter, bytes, value, size);
      case DEVICE -> CL.clGetDeviceInfo((cl_device_id) handle, parameter, bytes, value, size);
      case CONTEXT -> CL.clGetContextInfo((cl_context) handle, parameter, bytes, value, size);
      case QUEUE ->
          CL.clGetCommandQueueInfo((cl_command_queue) handle, parameter, bytes, value, size);
      case BUFFER -> CL.clGetMemObjectInfo((cl_mem) handle, parameter, bytes, value, size);
      case PROGRAM -> {
        cl_program program = (cl_program) handle;
        yield device == null
            ? CL.clGetProgramInfo(program, parameter, bytes, value, size)
            : CL.clGetProgramBuildInfo(program, device, parameter, bytes, value, size);
      }
      case KERNEL -> {
        cl_kernel kernel = (cl_kernel) handle;
        yield device == null
            ? CL.clGetKernelInfo(kernel, parameter, bytes, value, size)
            : CL.clGetKernelWorkGroupInfo(kernel, device, parameter, bytes, value, size);
      }
    };
  }
}
