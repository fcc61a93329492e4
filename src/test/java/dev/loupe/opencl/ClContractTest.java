package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.testing.DeviceApart;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract that every binding with a real device keeps; each names itself. */
@Tag("device")
abstract class ClContractTest {
  /** CL_CONTEXT_REFERENCE_COUNT. */
  private static final int CONTEXT_REFERENCE_COUNT = 0x1080;

  private static final String SOURCE =
      """
      kernel void every(global const int *src, int a, long b, float c, global float *dst) {
        local int tmp[2];
        int i = get_global_id(0);
        tmp[get_local_id(0)] = src[i];
        dst[i] = (float)(tmp[get_local_id(0)] + a) + (float)b * c;
      }
      kernel void twice(global int *data) { data[get_global_id(0)] *= 2; }
      kernel __attribute__((reqd_work_group_size(4, 2, 1))) void fixed(global int *data) {
        data[get_global_id(0)] += 5;
      }
      """;

  OpenCl openCl;
  Context context;
  CommandQueue queue;

  /** Name of the binding under test. */
  abstract String binding();

  /**
   * Waits until a caller's reference to its context is the last one: PoCL's thread may hold a
   * command, and by it the context, for a moment after the command is done.
   */
  static void assertLastReference(Info ownContext) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (ownContext.integer(CONTEXT_REFERENCE_COUNT) > 1 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertEquals(1, ownContext.integer(CONTEXT_REFERENCE_COUNT));
  }

  @BeforeEach
  void open() {
    openCl = load(binding());
    context = Context.create(openCl.select(null), ProgramCache.none());
    queue = context.queue();
  }

  static OpenCl load(String binding) {
    try {
      OpenCl loaded = OpenCl.load(binding);
      Assumptions.assumeFalse(loaded.devices().isEmpty(), "no OpenCL device on this machine");
      return loaded;
    } catch (ClUnavailableException e) {
      return Assumptions.abort("no OpenCL on this machine: " + e.getMessage());
    }
  }

  @AfterEach
  void everythingIsClosed() {
    if (context == null) {
      return;
    }
    queue.close();
    List<String> left = context.openObjects();
    context.close();
    assertEquals(List.of(), left);
  }

  Program program() {
    return context.build(new ProgramSource("contract", SOURCE));
  }

  static IntBuffer ints(int... values) {
    return ByteBuffer.allocateDirect(values.length * Integer.BYTES)
        .order(ByteOrder.nativeOrder())
        .asIntBuffer()
        .put(values)
        .flip();
  }

  static int[] array(IntBuffer buffer) {
    int[] values = new int[buffer.remaining()];
    buffer.duplicate().get(values);
    return values;
  }

  @Test
  void namesItself() {
    assertEquals(binding(), openCl.bindingName());
  }

  @Test
  void deviceInfoIsComplete() {
    Device device = context.device();
    assertTrue(device.versions().openCl().startsWith("OpenCL "), device.versions().openCl());
    assertTrue(device.compute().units() > 0);
    assertTrue(device.compute().maxWorkGroup() >= 1);
    assertTrue(device.compute().maxWorkItems().x() >= 1);
    assertTrue(device.compute().nativeFloatWidth() >= 1);
    assertTrue(device.memory().maxAllocation() <= device.memory().global());
    assertTrue(device.memory().local() >= 1024);
    assertEquals(device, openCl.select(device.id()));
  }

  @Test
  void writeAndReadHonourOffsetAndPosition() {
    try (DeviceBuffer buffer = context.allocate(5 * Integer.BYTES)) {
      queue.fill(buffer, 0, buffer.bytes(), -1);
      IntBuffer source = ints(1, 2, 3).position(1);
      queue.write(buffer, 4, source);
      assertEquals(1, source.position());
      IntBuffer target = ints(9, 9, 9, 9, 9, 9, 9).position(1).limit(6);
      queue.read(buffer, 0, target);
      assertArrayEquals(new int[] {9, -1, 2, 3, -1, -1, 9}, array(target.position(0).limit(7)));
    }
  }

  @Test
  void copyAndFillTouchOnlyTheirRange() {
    try (DeviceBuffer a = context.allocate(16);
        DeviceBuffer b = context.allocate(16)) {
      queue.fill(a, 0, 16, 1);
      queue.fill(a, 4, 8, 2);
      queue.fill(b, 0, 16, 3);
      queue.copy(a, 4, b, 8, 4);
      IntBuffer target = ints(0, 0, 0, 0);
      queue.read(a, 0, target);
      assertArrayEquals(new int[] {1, 2, 2, 1}, array(target));
      queue.read(b, 0, target);
      assertArrayEquals(new int[] {3, 3, 2, 3}, array(target));
    }
  }

  @Test
  void pageLockedMemoryTakesPartInTransfersUntilItIsClosed() {
    try (Context apart = Context.create(DeviceApart.like(context.device()), ProgramCache.none());
        CommandQueue own = apart.queue();
        DeviceBuffer device = apart.allocate(3 * Integer.BYTES)) {
      HostMemory memory = HostMemory.of(apart, 4 * Integer.BYTES);
      assertTrue(memory.isPageLocked());
      memory.buffer().putInt(1).putInt(2).putInt(3).putInt(4).position(4);
      assertSame(memory.buffer(), memory.buffer());
      own.write(device, 0, memory.buffer());
      own.read(device, 4, memory.buffer().limit(12).position(4));
      assertArrayEquals(new int[] {1, 3, 4, 4}, array(memory.buffer().clear().asIntBuffer()));
      assertTrue(apart.openObjects().contains("page-locked memory of 16 bytes"));
      memory.close();
      memory.close();
      assertThrows(IllegalStateException.class, memory::buffer);
      assertEquals(List.of("buffer of 12 bytes", "queue"), apart.openObjects());
      assertEquals(12, apart.peakBytes(), "memory of the device alone");
    }
  }

  @Test
  void pageLockedMemoryEndsWithItsContext() {
    Context apart = Context.create(DeviceApart.like(context.device()), ProgramCache.none());
    HostMemory forgotten = HostMemory.of(apart, 1);
    apart.close();
    assertThrows(IllegalStateException.class, forgotten::buffer);
    forgotten.close();
  }

  @Test
  void transfersOutsideTheBufferAreRefused() {
    try (DeviceBuffer buffer = context.allocate(8)) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> queue.write(buffer, 4, ints(1, 2)))
              .getMessage();
      assertEquals("8 bytes at offset 4 are outside the buffer of 8 bytes", message);
      assertThrows(IllegalArgumentException.class, () -> queue.read(buffer, -4, ints(1)));
      assertThrows(
          IllegalArgumentException.class, () -> queue.write(buffer, 0, IntBuffer.allocate(1)));
      assertThrows(
          IllegalArgumentException.class, () -> queue.read(buffer, 0, ints(1).asReadOnlyBuffer()));
      assertThrows(IllegalArgumentException.class, () -> queue.fill(buffer, 2, 4, 0));
    }
  }

  @Test
  void argumentsOfEachTypeArrive() {
    try (Program program = program();
        DeviceBuffer src = context.allocate(8);
        DeviceBuffer dst = context.allocate(8)) {
      queue.write(src, 0, ints(1, -2));
      Kernel kernel = program.kernel("every");
      kernel.arguments().buffer(src).int32(10).int64(1L << 33).float32(0.5f).buffer(dst);
      try (Launch launch = kernel.launch(NdRange.global(2).local(2))) {
        queue.enqueue(launch);
      }
      FloatBuffer target =
          ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).asFloatBuffer();
      queue.read(dst, 0, target);
      assertEquals((float) (11 + (1L << 32)), target.get(0));
      assertEquals((float) (8 + (1L << 32)), target.get(1));
    }
  }

  @Test
  void argumentsAreCounted() {
    try (Program program = program();
        DeviceBuffer data = context.allocate(8);
        Kernel kernel = program.kernel("twice")) {
      assertEquals(
          "kernel twice takes 1 arguments; 0 are set",
          assertThrows(IllegalArgumentException.class, () -> kernel.launch(NdRange.global(2)))
              .getMessage());
      kernel.arguments().buffer(data);
      assertEquals(
          "kernel twice takes 1 arguments; argument 2 (int32) is too many",
          assertThrows(
                  IllegalArgumentException.class, () -> kernel.arguments().buffer(data).int32(1))
              .getMessage());
    }
  }

  @Test
  void kernelsOfOneNameKeepTheirOwnArguments() {
    try (Program program = program();
        DeviceBuffer a = context.allocate(4);
        DeviceBuffer b = context.allocate(4)) {
      queue.write(a, 0, ints(1));
      queue.write(b, 0, ints(10));
      Kernel first = program.kernel("twice");
      Kernel second = program.kernel("twice");
      first.arguments().buffer(a);
      second.arguments().buffer(b);
      try (Launch onA = first.launch(NdRange.global(1));
          Launch onB = second.launch(NdRange.global(1))) {
        queue.enqueue(onA);
        queue.enqueue(onB);
        queue.enqueue(onA);
      }
      IntBuffer target = ints(0);
      queue.read(a, 0, target);
      assertEquals(4, target.get(0));
      queue.read(b, 0, target);
      assertEquals(20, target.get(0));
    }
  }

  @Test
  void launchesThatCannotRunAreRefusedWithBothNumbers() {
    Device device = context.device();
    long tooMany = device.compute().maxWorkGroup() * 2;
    try (Program program = program();
        DeviceBuffer data = context.allocate(64);
        Kernel twice = program.kernel("twice");
        Kernel fixed = program.kernel("fixed")) {
      twice.arguments().buffer(data);
      fixed.arguments().buffer(data);
      assertRefused(
          "kernel twice: global 100 is not divisible by local 8",
          twice,
          NdRange.global(100).local(8));
      assertRefused(tooMany + " is beyond the ", twice, NdRange.global(tooMany).local(tooMany));
      assertRefused(
          "kernel fixed: local 8 is not the 4 that reqd_work_group_size demands in dimension 0",
          fixed,
          NdRange.global(8, 2).local(8, 2));
      assertRefused("local 0 is not the 4", fixed, NdRange.global(8, 2));
      assertRefused("local 1 is not the 2", fixed, NdRange.global(8).local(4));
    }
  }

  private static void assertRefused(String message, Kernel kernel, NdRange range) {
    String actual =
        assertThrows(IllegalArgumentException.class, () -> kernel.launch(range)).getMessage();
    assertTrue(actual.contains(message), actual);
  }

  @Test
  void buildFailureCarriesLogAndName() {
    BuildException e =
        assertThrows(
            BuildException.class,
            () ->
                context.build(
                    new ProgramSource("broken", "kernel void f() { no_such_thing = 1; }")));
    assertTrue(e.getMessage().startsWith("program broken does not build"), e.getMessage());
    assertTrue(e.getMessage().contains("no_such_thing"), e.getMessage());
  }

  @Test
  void unknownKernelIsNamed() {
    try (Program program = program()) {
      ClException e = assertThrows(ClException.class, () -> program.kernel("nope"));
      assertEquals("clCreateKernel of nope failed: CL_INVALID_KERNEL_NAME (-46)", e.getMessage());
      assertEquals(-46, e.code());
    }
  }

  @Test
  void tooLargeABufferIsOutOfDeviceMemory() {
    long most = context.device().memory().maxAllocation();
    String message =
        assertThrows(OutOfDeviceMemoryException.class, () -> context.allocate(most + 1))
            .getMessage();
    assertTrue(message.contains(Long.toString(most + 1)), message);
    assertTrue(message.contains(Long.toString(most)), message);
  }

  @Test
  void memoryIsAccounted() {
    try (DeviceBuffer a = context.allocate(100)) {
      context.allocate(50).close();
      assertEquals(150, context.peakBytes());
      assertEquals(100, a.bytes());
    }
    context.allocate(151).close();
    assertEquals(151, context.peakBytes(), "what is closed counts no more");
  }

  @Test
  void useAfterCloseIsRefusedByName() {
    DeviceBuffer buffer = context.allocate(8);
    Program program = program();
    Kernel kernel = program.kernel("twice");
    kernel.arguments().buffer(buffer);
    Launch launch = kernel.launch(NdRange.global(2));
    buffer.close();
    buffer.close();
    assertEquals(
        "buffer of 8 bytes is used after it was closed",
        assertThrows(IllegalStateException.class, () -> queue.write(buffer, 0, ints(1)))
            .getMessage());
    assertThrows(IllegalStateException.class, () -> queue.enqueue(launch));
    launch.close();
    assertEquals(
        "launch of twice is used after it was closed",
        assertThrows(IllegalStateException.class, launch::handle).getMessage());
    assertThrows(IllegalStateException.class, kernel::arguments, "a launch owns its kernel");
    program.close();
    assertThrows(IllegalStateException.class, () -> program.kernel("twice"));
  }

  @Test
  void contextClosesWhatIsLeft() {
    Context scope = Context.create(context.device(), ProgramCache.none());
    DeviceBuffer forgotten = scope.allocate(8);
    assertEquals(List.of("buffer of 8 bytes"), scope.openObjects());
    scope.close();
    scope.close();
    assertThrows(IllegalStateException.class, forgotten::handle);
    assertThrows(IllegalStateException.class, () -> scope.allocate(8));
  }

  @Test
  void profileTimesEachLaunchAndIsReused() {
    int items = 1 << 20;
    try (Program program = program();
        DeviceBuffer data = context.allocate(4L * items);
        Profile profile = context.profile(2)) {
      Kernel kernel = program.kernel("twice");
      kernel.arguments().buffer(data);
      try (Launch launch = kernel.launch(NdRange.global(items))) {
        for (int frame = 0; frame < 3; frame++) {
          queue.enqueue(launch, profile);
          queue.enqueue(launch, profile);
          assertThrows(IllegalStateException.class, () -> queue.enqueue(launch, profile));
          queue.finish();
          assertTrue(profile.nanos(0) > 0);
          assertTrue(profile.startNanos(1) >= profile.endNanos(0));
          profile.reset();
          assertThrows(IndexOutOfBoundsException.class, () -> profile.nanos(0));
        }
      }
    }
  }
}
