package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.IntBuffer;
import org.junit.jupiter.api.Test;
import org.lwjgl.opencl.CL10;
import org.lwjgl.system.MemoryStack;

/** The contract on LWJGL. */
class LwjglBindingTest extends ClContractTest {
  @Override
  String binding() {
    return "lwjgl";
  }

  @Test
  void adoptsACallersContext() {
    long device = (Long) context.device().origin().handle();
    int[] status = new int[1];
    long own;
    try (MemoryStack stack = MemoryStack.stackPush()) {
      own = CL10.clCreateContext(null, stack.pointers(device), null, 0L, status);
    }
    assertEquals(0, status[0]);
    try (Context adopted = Context.adopt(openCl, own, device);
        DeviceBuffer buffer = adopted.allocate(4);
        CommandQueue ownQueue = adopted.queue()) {
      ownQueue.write(buffer, 0, ints(42));
      IntBuffer target = ints(0);
      ownQueue.read(buffer, 0, target);
      assertEquals(42, target.get(0));
      assertEquals(context.device(), adopted.device());
    }
    assertLastReference(new Info(new LwjglBinding(), ClBinding.Kind.CONTEXT, own));
    assertEquals(0, CL10.clReleaseContext(own));
    assertThrows(IllegalArgumentException.class, () -> Context.adopt(openCl, device, 1L));
  }
}
