package dev.loupe.testing;

import dev.loupe.opencl.Device;

/** The device there is, posing as one with memory of its own, which it then need not have. */
public final class DeviceApart {
  private DeviceApart() {}

  /** {@code device} as an accelerator whose memory is not the host's. */
  public static Device like(Device device) {
    Device.Memory memory = device.memory();
    return new Device(
        device.index(),
        device.id(),
        device.name(),
        device.vendor(),
        Device.Type.ACCELERATOR,
        device.platform(),
        device.versions(),
        device.compute(),
        new Device.Memory(memory.global(), memory.maxAllocation(), memory.local(), false),
        device.origin());
  }
}
