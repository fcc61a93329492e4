package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.testing.SharedContext;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link Roofline}. */
class RooflineTest {
  @ParameterizedTest
  @ValueSource(strings = {"cpu-16", "gpu"})
  @Tag("device")
  void aDeviceIsNeitherIdleNorAMiracle(String deviceClass) {
    Context context = SharedContext.get("lwjgl");
    List<String> before = buffers(context);
    try (KernelLibrary library = new KernelLibrary(context, Tuning.forClass(deviceClass));
        CommandQueue queue = context.queue()) {
      Roofline roofline = Roofline.measure(library, queue);
      String found = roofline.toString();
      assertTrue(roofline.gflops() > 0.1 && roofline.gflops() < 1e6, found);
      assertTrue(roofline.gigabytes() > 0.1 && roofline.gigabytes() < 1e5, found);
    }
    assertEquals(before, buffers(context));
  }

  private static List<String> buffers(Context context) {
    return context.openObjects().stream().filter(o -> o.startsWith("buffer")).toList();
  }

  @Test
  void theSlowerOfTheTwoLimitsCounts() {
    Roofline roofline = new Roofline(100, 10);
    assertEquals(200, roofline.nanos(10_000, 100));
    assertEquals(500, roofline.nanos(10_000, 5_000));
  }
}
