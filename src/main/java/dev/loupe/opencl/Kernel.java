package dev.loupe.opencl;

import dev.loupe.opencl.ClBinding.Kind;

/** A kernel with its own arguments; owned by its {@link Launch} once there is one. */
public final class Kernel extends ClObject {
  // CL/cl.h
  static final int CL_KERNEL_NUM_ARGS = 0x1191;
  static final int CL_KERNEL_WORK_GROUP_SIZE = 0x11B0;
  private static final int CL_KERNEL_COMPILE_WORK_GROUP_SIZE = 0x11B1;
  static final int CL_KERNEL_LOCAL_MEM_SIZE = 0x11B2;

  private final String name;
  private final KernelArguments arguments;

  Kernel(Context context, String name, Object handle) {
    super(context, "kernel " + name, handle);
    this.name = name;
    this.arguments =
        new KernelArguments(
            this, new Info(binding(), Kind.KERNEL, handle).integer(CL_KERNEL_NUM_ARGS));
  }

  /** Name of the kernel function. */
  public String name() {
    return name;
  }

  /** The arguments, to be set from the first on; calling again starts over. */
  public KernelArguments arguments() {
    handle();
    return arguments.restart();
  }

  /** The kernel as set up, to be enqueued over a range; see {@link Launch}. */
  public Launch launch(NdRange range) {
    return Launch.of(this, range);
  }

  /** Most work-items in a group of this kernel on this device. */
  public long workGroupLimit() {
    return workGroup().big(CL_KERNEL_WORK_GROUP_SIZE);
  }

  /** Local memory of a group in bytes. */
  public long localBytes() {
    long counted = workGroup().big(CL_KERNEL_LOCAL_MEM_SIZE);
    return Quirks.countsLocalMemoryTwice(context().device()) ? counted / 2 : counted;
  }

  /** Whether this device runs the kernel in groups of {@code items} work-items. */
  public boolean runsInGroupsOf(long items) {
    return items <= workGroupLimit() && localBytes() <= context().device().memory().local();
  }

  /** The group that reqd_work_group_size demands, (0, 0, 0) where it is not given. */
  long[] requiredLocal() {
    return workGroup().sizes(CL_KERNEL_COMPILE_WORK_GROUP_SIZE, 3);
  }

  KernelArguments argumentsSoFar() {
    return arguments;
  }

  private Info workGroup() {
    return new Info(binding(), Kind.KERNEL, handle(), context().device().origin().handle());
  }

  @Override
  void release(Object released) {
    binding().release(Kind.KERNEL, released);
  }
}
