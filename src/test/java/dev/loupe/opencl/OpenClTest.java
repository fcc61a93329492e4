package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Loading: names, a machine without OpenCL, and two bindings side by side. */
class OpenClTest {
  /** Loads LWJGL's binding in a process of its own and prints what a user would read. */
  static final class Probe {
    public static void main(String[] args) {
      try {
        System.out.print(OpenCl.load("lwjgl").bindingName());
      } catch (ClUnavailableException e) {
        System.out.print(e.getMessage());
      }
    }
  }

  @Test
  void refusesUnknownBindings() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> OpenCl.load("vulkan")).getMessage();
    assertEquals("no binding is called \"vulkan\"; the bindings are lwjgl, jocl and null", message);
  }

  @Test
  void aMissingLibraryIsOneSentence() throws IOException, InterruptedException {
    Process probe =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dloupe.opencl.library=/nonexistent/libOpenCL.so",
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, probe.waitFor(), output);
    assertTrue(
        output.startsWith("OpenCL could not be loaded through LWJGL: no OpenCL library"), output);
    assertTrue(output.endsWith(")."), "nothing but the sentence: " + output);
  }

  @Test
  @Tag("device")
  void bothBindingsComputeTheSameBytes() {
    assertEquals(sines("lwjgl"), sines("jocl"));
  }

  @Test
  @Tag("device")
  void bothBindingsSeeTheSameDevices() {
    assertEquals(
        ClContractTest.load("lwjgl").devices().stream().map(Device::toString).toList(),
        ClContractTest.load("jocl").devices().stream().map(Device::toString).toList());
  }

  private static IntBuffer sines(String binding) {
    int items = 1009;
    try (Context context =
            Context.create(ClContractTest.load(binding).select(null), ProgramCache.none());
        CommandQueue queue = context.queue();
        DeviceBuffer dst = context.allocate(4L * items);
        Program program =
            context.build(
                "sines",
                "kernel void sines(global float *dst, float f) {"
                    + " dst[get_global_id(0)] = sin(f * get_global_id(0)); }",
                "")) {
      Kernel kernel = program.kernel("sines");
      kernel.arguments().buffer(dst).float32(0.37f);
      try (Launch launch = kernel.launch(NdRange.global(items))) {
        queue.enqueue(launch);
      }
      IntBuffer target = ClContractTest.ints(new int[items]);
      queue.read(dst, 0, target);
      return target;
    }
  }
}
