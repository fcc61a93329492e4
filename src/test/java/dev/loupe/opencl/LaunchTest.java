package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.opencl.ClBinding.Kind;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Tests of {@link Launch} on the null device; {@link ClContractTest} has those of bindings. */
class LaunchTest {
  /** The null device, whose kernels take {@code bytes} of local memory. */
  private static Device taking(long bytes) {
    NullBinding nothing = new NullBinding();
    byte[] answer =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(bytes).array();
    ClBinding binding =
        (ClBinding)
            Proxy.newProxyInstance(
                ClBinding.class.getClassLoader(),
                new Class<?>[] {ClBinding.class},
                (proxy, method, arguments) ->
                    method.getName().equals("info")
                            && arguments[0] == Kind.KERNEL
                            && (int) arguments[3] == Kernel.CL_KERNEL_LOCAL_MEM_SIZE
                        ? answer
                        : method.invoke(nothing, arguments));
    return new DeviceReader(binding).devices().get(0);
  }

  @Test
  void moreLocalMemoryThanTheDeviceHasIsRefused() {
    long most = OpenCl.of(new NullBinding()).select(null).memory().local();
    for (long bytes : new long[] {most, most + 1}) {
      try (Context context = Context.create(taking(bytes), ProgramCache.none());
          Program program = context.build(new ProgramSource("test", "kernel void f(void) {}"));
          Kernel kernel = program.kernel("f")) {
        NdRange range = NdRange.global(8).local(8);
        assertEquals(bytes == most, kernel.runsInGroupsOf(8));
        if (bytes == most) {
          kernel.launch(range).close();
        } else {
          String refused =
              assertThrows(IllegalArgumentException.class, () -> kernel.launch(range)).getMessage();
          assertTrue(refused.contains(bytes + " bytes"), refused);
          assertTrue(refused.contains("is beyond the device's " + most), refused);
        }
      }
    }
  }
}
