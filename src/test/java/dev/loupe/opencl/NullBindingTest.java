package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The null device: counts, keeps the checks of a real one, needs no OpenCL. */
class NullBindingTest {
  private static final String SOURCE =
      "kernel void add(global int *dst, const int n) {}\nkernel void nothing(void) {}";

  @Test
  void hasOneDevice() {
    OpenCl openCl = OpenCl.of(new NullBinding());
    assertEquals("null", openCl.bindingName());
    assertEquals("null-platform/null-device/0", openCl.select(null).id());
    assertEquals(1, openCl.platforms().size());
  }

  @Test
  void standsInForAnotherDevice() {
    Device plain = OpenCl.of(new NullBinding()).select(null);
    assertFalse(plain.compute().matrixUnits());
    Device.Compute compute =
        new Device.Compute(132, 1980, 1024, new Device.WorkItems(1024, 1024, 64), 1, true);
    Device h200 =
        new Device(
            0,
            "id",
            "H200",
            "NVIDIA",
            Device.Type.GPU,
            plain.platform(),
            plain.versions(),
            compute,
            new Device.Memory(1L << 37, 1L << 35, 48 << 10, false),
            plain.origin());
    Device like = OpenCl.of(NullBinding.like(h200)).select(null);
    assertEquals(132, like.compute().units());
    assertTrue(like.compute().matrixUnits());
    assertEquals(h200.memory().local(), like.memory().local());
    assertEquals(h200.memory().maxAllocation(), like.memory().maxAllocation());
  }

  @Test
  void countsLaunchesAllocationsAndWhatIsLeftOpen() {
    NullBinding nothing = new NullBinding();
    try (Context context = Context.create(OpenCl.of(nothing).select(null), ProgramCache.none());
        CommandQueue queue = context.queue();
        Program program = context.build(new ProgramSource("test", SOURCE));
        DeviceBuffer buffer = context.allocate(64)) {
      Kernel kernel = program.kernel("add");
      kernel.arguments().buffer(buffer).int32(16);
      try (Launch launch = kernel.launch(NdRange.global(16).local(4));
          Profile profile = context.profile(4)) {
        queue.enqueue(launch);
        queue.enqueue(launch, profile);
        queue.fill(buffer, 0, 64, 0);
        queue.finish();
        assertEquals(0, profile.nanos(0));
      }
      assertEquals(2, nothing.launches());
      assertEquals(1, nothing.allocations());
      assertEquals(1, nothing.builds());
      assertEquals(1, nothing.transfers());
      assertEquals(4, nothing.open(), "context, queue, program, buffer");
    }
    assertEquals(0, nothing.open());
    assertTrue(nothing.releases() > 0);
  }

  @Test
  void checksArgumentsAndRangesLikeARealDevice() {
    try (Context context =
            Context.create(OpenCl.of(new NullBinding()).select(null), ProgramCache.none());
        Program program = context.build(new ProgramSource("test", SOURCE));
        Kernel kernel = program.kernel("add");
        Kernel nothing = program.kernel("nothing")) {
      assertThrows(IllegalArgumentException.class, () -> kernel.launch(NdRange.global(1)));
      program.kernel("nothing").launch(NdRange.global(1)).close();
      assertThrows(ClException.class, () -> program.kernel("absent"));
      assertThrows(OutOfDeviceMemoryException.class, () -> context.allocate(5L << 30));
      assertThrows(
          IllegalArgumentException.class, () -> nothing.launch(NdRange.global(2048).local(2048)));
    }
  }
}
