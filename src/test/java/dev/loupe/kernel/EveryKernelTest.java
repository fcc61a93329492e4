package dev.loupe.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.op.SelfTestCases;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.EveryKernel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that every kernel there is compiles and runs for every device class. */
@Tag("device")
class EveryKernelTest {
  @ParameterizedTest
  @ValueSource(strings = {"cpu-16", "cpu-8", "cpu-4", "gpu"})
  void everyEntryPointRuns(String deviceClass) {
    DeviceFixture device = DeviceFixture.of(deviceClass);
    assertEquals(
        EveryKernel.entries(device.tuning()), EveryKernel.run(device, SelfTestCases.all()));
  }

  @Test
  void matrixUnitsServeHalves() {
    DeviceFixture device = DeviceFixture.of("gpu-matrix");
    assertEquals(
        EveryKernel.entries(device.tuning()), EveryKernel.run(device, EveryKernel.cases()));
  }
}
