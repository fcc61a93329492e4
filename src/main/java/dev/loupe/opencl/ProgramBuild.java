package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;

/** One build of a program: from the cached binary where it serves, else from source. */
record ProgramBuild(Context context, String name, String source, String options) {
  // CL/cl.h
  private static final int CL_PROGRAM_KERNEL_NAMES = 0x1168;
  private static final int CL_PROGRAM_BUILD_LOG = 0x1183;

  /** The handle of the built program. */
  Object run(ProgramCache cache) {
    String key = ProgramCache.key(context.device(), source, options);
    byte[] binary = cache.read(key);
    Object cached = binary == null ? null : fromBinary(binary);
    if (cached != null) {
      return cached;
    }
    Object program = fromSource();
    if (cache.isEnabled()) {
      createKernels(program);
      cache.write(key, binding().binary(program));
    }
    return program;
  }

  /** Null where the driver refuses the binary, which is no error: the source is at hand. */
  private Object fromBinary(byte[] binary) {
    Object program;
    try {
      program = binding().createProgram(context.handle(), deviceHandle(), binary);
    } catch (ClException e) {
      return null;
    }
    if (binding().build(program, deviceHandle(), options) == ClStatus.SUCCESS) {
      return program;
    }
    binding().release(Kind.PROGRAM, program);
    return null;
  }

  private Object fromSource() {
    Object program = binding().createProgram(context.handle(), source);
    int status = binding().build(program, deviceHandle(), options);
    if (status == ClStatus.SUCCESS) {
      return program;
    }
    String log =
        new Info(binding(), Kind.PROGRAM, program, deviceHandle()).text(CL_PROGRAM_BUILD_LOG);
    binding().release(Kind.PROGRAM, program);
    throw new BuildException(name, options, log, status);
  }

  /** Mali compiles a kernel when it is created; without this its binary holds no code. */
  private void createKernels(Object program) {
    String names = new Info(binding(), Kind.PROGRAM, program).text(CL_PROGRAM_KERNEL_NAMES);
    for (String kernel : names.split(";", -1)) {
      if (!kernel.isBlank()) {
        binding().release(Kind.KERNEL, binding().createKernel(program, kernel));
      }
    }
  }

  private ClBinding binding() {
    return context.binding();
  }

  private Object deviceHandle() {
    return context.device().origin().handle();
  }
}
