package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.IntBuffer;
import org.jocl.CL;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.junit.jupiter.api.Test;

/** The contract on JOCL. */
class JoclBindingTest extends ClContractTest {
  @Override
  String binding() {
    return "jocl";
  }

  @Test
  void adoptsACallersContext() {
    cl_device_id device = (cl_device_id) context.device().origin().handle();
    cl_context own = CL.clCreateContext(null, 1, new cl_device_id[] {device}, null, null, null);
    try (Context adopted = Context.adopt(openCl, own, device);
        DeviceBuffer buffer = adopted.allocate(4);
        CommandQueue ownQueue = adopted.queue()) {
      ownQueue.write(buffer, 0, ints(42));
      IntBuffer target = ints(0);
      ownQueue.read(buffer, 0, target);
      assertEquals(42, target.get(0));
      assertEquals(context.device(), adopted.device());
    }
    assertLastReference(new Info(new JoclBinding(), ClBinding.Kind.CONTEXT, own));
    assertEquals(0, CL.clReleaseContext(own));
    assertThrows(
        IllegalArgumentException.class, () -> Context.adopt(openCl, own, new cl_device_id()));
  }

  /** JOCL can be told to throw; a caller's setting must not change what Loupe throws. */
  @Test
  void keepsItsOwnExceptionsWhenJoclThrows() {
    CL.setExceptionsEnabled(true);
    try {
      assertThrows(
          BuildException.class,
          () -> context.build(new ProgramSource("broken", "kernel void f() { x }")));
      try (Program program = program()) {
        assertEquals(-46, assertThrows(ClException.class, () -> program.kernel("nope")).code());
      }
      deviceInfoIsComplete();
      argumentsOfEachTypeArrive();
    } finally {
      CL.setExceptionsEnabled(false);
    }
  }
}
