package dev.loupe.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.op.SelfTestCases;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.EveryKernel;
import dev.loupe.testing.OnEveryDeviceClass;
import org.junit.jupiter.api.Test;

/** Tests that every kernel there is compiles and runs for every device class. */
@OnEveryDeviceClass
class EveryKernelTest {
  private final DeviceFixture device;

  EveryKernelTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  @Test
  void everyEntryPointRuns() {
    assertEquals(
        EveryKernel.entries(device.tuning()), EveryKernel.run(device, SelfTestCases.all()));
  }
}
