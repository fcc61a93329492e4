package dev.loupe.testing;

import dev.loupe.op.ParameterMemory;
import dev.loupe.opencl.DeviceBuffer;

/** The memory of a training whose weights all stay: operators are recorded as for training. */
final class NoParameters implements ParameterMemory {
  @Override
  public boolean holds(String name) {
    return false;
  }

  @Override
  public long offset(String name) {
    return NONE.offset(name);
  }

  @Override
  public DeviceBuffer buffer() {
    return NONE.buffer();
  }
}
