package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link Quirks}. */
class QuirksTest {
  @ParameterizedTest
  @CsvSource({
    "rusticl, 22.3.6, true, false",
    "rusticl, 24.1.0, false, false",
    "Portable Computing Language, 3.1, false, true",
    "NVIDIA CUDA, 22.1, false, false",
  })
  void quirksAreThoseOfTheirDrivers(
      String platform, String driver, boolean countsTwice, boolean locks) {
    Device device =
        new Device(
            0,
            "id",
            platform.equals("rusticl") ? "llvmpipe (LLVM 15.0.6, 256 bits)" : "name",
            "vendor",
            Device.Type.GPU,
            new Platform(platform, "OpenCL 3.0"),
            new Device.Versions(driver, "OpenCL 3.0"),
            new Device.Compute(8, 300, 1024, new Device.WorkItems(1024, 1024, 1024), 1, false),
            new Device.Memory(1 << 30, 1 << 28, 1 << 15, true),
            null);
    assertEquals(countsTwice, Quirks.countsLocalMemoryTwice(device));
    assertEquals(locks, Quirks.locksProcess(device));
    assertEquals(platform.equals("rusticl"), Quirks.cutsLoopsShort(device));
  }
}
