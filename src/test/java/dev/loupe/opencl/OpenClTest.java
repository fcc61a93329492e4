package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
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

  /** Loads LWJGL's binding on four threads of a process at once. */
  static final class FirstThreads {
    public static void main(String[] args) {
      IntStream.range(0, 4)
          .mapToObj(
              i -> CompletableFuture.runAsync(() -> OpenCl.load("lwjgl"), FirstThreads::start))
          .toList()
          .forEach(CompletableFuture::join);
      System.out.print("loaded");
    }

    private static void start(Runnable task) {
      new Thread(task).start();
    }
  }

  /** The remedies differ: less memory for the one, more for the other. */
  @Test
  void whoRefusedTheMemoryIsKnown() {
    ClException refused = ClStatus.exception("clEnqueueNDRangeKernel", -4);
    assertTrue(refused instanceof OutOfDeviceMemoryException lack && lack.isRefused());
    assertFalse(new OutOfDeviceMemoryException("a tile takes 4 MB").isRefused());
  }

  @Test
  void refusesUnknownBindings() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> OpenCl.load("vulkan")).getMessage();
    assertEquals("no binding is called \"vulkan\"; the bindings are lwjgl and jocl", message);
  }

  @Test
  void aMissingLibraryIsOneSentence() throws IOException, InterruptedException {
    String output = run(Probe.class, "-Dloupe.opencl.library=/nonexistent/libOpenCL.so");
    assertTrue(
        output.startsWith("OpenCL could not be loaded through LWJGL: no OpenCL library"), output);
    assertTrue(output.endsWith(")."), "nothing but the sentence: " + output);
  }

  @Test
  @Tag("device")
  void severalThreadsMayBeTheFirst() throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) { // unlocked, PoCL 3.1 took every second of these processes down
      assertEquals("loaded", run(FirstThreads.class));
    }
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

  /** What a program prints that runs in a process of its own and ends well. */
  private static String run(Class<?> program, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private static IntBuffer sines(String binding) {
    int items = 1009;
    try (Context context =
            Context.create(ClContractTest.load(binding).select(null), ProgramCache.none());
        CommandQueue queue = context.queue();
        DeviceBuffer dst = context.allocate(4L * items);
        Program program =
            context.build(
                new ProgramSource(
                    "sines",
                    "kernel void sines(global float *dst, float f) {"
                        + " dst[get_global_id(0)] = sin(f * get_global_id(0)); }"))) {
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
