package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.testing.DeviceApart;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link HostMemory} on the null device; {@link ClContractTest} has those of bindings. */
class HostMemoryTest {
  private final NullBinding nothing = new NullBinding();
  private final Device device = OpenCl.of(nothing).select(null);

  private static Context context(Device on) {
    return Context.create(on, ProgramCache.none());
  }

  private static Device on(ClBinding binding, Device device, Device.Type type, boolean unified) {
    Device.Memory memory = device.memory();
    return new Device(
        0,
        "test",
        "Test",
        "Loupe",
        type,
        device.platform(),
        device.versions(),
        device.compute(),
        new Device.Memory(memory.global(), memory.maxAllocation(), memory.local(), unified),
        new Device.Origin(binding, device.origin().handle()));
  }

  @ParameterizedTest
  @CsvSource({
    "GPU, false, true",
    "ACCELERATOR, false, true",
    "GPU, true, false",
    "CPU, true, false",
    "CPU, false, false"
  })
  void isPageLockedWhereTheDeviceHasMemoryOfItsOwn(
      Device.Type type, boolean unified, boolean isPageLocked) {
    try (Context context = context(on(nothing, device, type, unified));
        HostMemory memory = HostMemory.of(context, 7)) {
      assertEquals(isPageLocked, memory.isPageLocked());
      assertEquals(7, memory.buffer().remaining());
      assertTrue(memory.buffer().isDirect());
      assertEquals(ByteOrder.nativeOrder(), memory.buffer().order());
    }
    assertEquals(0, nothing.open());
  }

  /** A binding whose driver has no more of something. */
  private ClBinding without(String call) {
    return (ClBinding)
        Proxy.newProxyInstance(
            ClBinding.class.getClassLoader(),
            new Class<?>[] {ClBinding.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals(call)) {
                throw ClStatus.exception(call, ClStatus.OUT_OF_RESOURCES);
              }
              try {
                return method.invoke(nothing, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"createQueue", "createHostBuffer", "map"})
  void isOrdinaryWhereTheDriverGivesNone(String call) {
    try (Context context = context(on(without(call), device, Device.Type.GPU, false))) {
      HostMemory memory = HostMemory.of(context, 5);
      assertFalse(memory.isPageLocked());
      assertEquals(5, memory.buffer().capacity());
      assertEquals(1, nothing.open(), "the context");
      memory.close();
      assertFalse(memory.isOpen());
      assertEquals(
          "host memory of 5 bytes is used after it was closed",
          assertThrows(IllegalStateException.class, memory::buffer).getMessage());
    }
    assertEquals(0, nothing.open());
  }

  @Test
  void hasContent() {
    try (Context context = context(DeviceApart.like(device))) {
      assertThrows(IllegalArgumentException.class, () -> HostMemory.of(context, 0));
      assertThrows(IllegalArgumentException.class, () -> HostMemory.ordinary(-1));
    }
  }
}
