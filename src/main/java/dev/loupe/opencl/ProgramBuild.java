package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One build of a program: from the cached binary where it serves, else from source. */
record ProgramBuild(Context context, ProgramCache cache, ProgramSource source) {
  private static final Logger LOG = LoggerFactory.getLogger(ProgramBuild.class);

  // CL/cl.h
  private static final int CL_PROGRAM_KERNEL_NAMES = 0x1168;
  private static final int CL_PROGRAM_BUILD_LOG = 0x1183;

  /** The built program, which keeps its binary in the cache when it was built from source. */
  Program run() {
    byte[] binary = cache.read(key());
    Object cached = binary == null ? null : fromBinary(binary);
    return cached != null
        ? new Program(context, this, cached, false)
        : new Program(context, this, fromSource(), cache.isEnabled());
  }

  /** Whether {@link #run} finds an entry in the cache. */
  boolean isCached() {
    return cache.holds(key());
  }

  /** Compiles to the cache, for the next {@link #run} in any context of this device. */
  void compile() {
    Object program = fromSource();
    try {
      keep(program);
    } finally {
      binding().release(Kind.PROGRAM, program);
    }
  }

  /**
   * Keeps the binary of a program. PoCL 3.1 compiles a kernel for any group size when its binary is
   * asked for, and again for the group size and the offset at the first launch; the environment
   * variable POCL_WORK_GROUP_SPECIALIZATION=0, which the launcher sets, spares the second time.
   * Kept after launches, a binary holds what they compiled.
   */
  void keep(Object program) {
    try {
      createKernels(program);
      cache.write(key(), binding().binary(program));
    } catch (ClException e) {
      LOG.debug("program {} is not cached: {}", source.name(), e.getMessage());
    }
  }

  /** Null where the driver refuses the binary, which is no error: the source is at hand. */
  private Object fromBinary(byte[] binary) {
    Object program;
    try {
      program = binding().createProgram(context.handle(), deviceHandle(), binary);
    } catch (ClException e) {
      return null;
    }
    if (binding().build(program, deviceHandle()) == ClStatus.SUCCESS) {
      return program;
    }
    binding().release(Kind.PROGRAM, program);
    return null;
  }

  private Object fromSource() {
    Object program = binding().createProgram(context.handle(), source.text());
    int status = binding().build(program, deviceHandle());
    if (status == ClStatus.SUCCESS) {
      return program;
    }
    String log =
        new Info(binding(), Kind.PROGRAM, program, deviceHandle()).text(CL_PROGRAM_BUILD_LOG);
    binding().release(Kind.PROGRAM, program);
    throw new BuildException(source.name(), log, status);
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

  private String key() {
    return ProgramCache.key(context.device(), source.text());
  }

  private ClBinding binding() {
    return context.binding();
  }

  private Object deviceHandle() {
    return context.device().origin().handle();
  }
}
