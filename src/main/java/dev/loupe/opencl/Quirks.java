package dev.loupe.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The known faults of OpenCL drivers, each with its reason and what to do about it. */
public final class Quirks {
  private static final String POCL = "Portable Computing Language";
  private static final Path MAPPED_FILES = Path.of("/proc/self/maps");

  private Quirks() {}

  /**
   * What a user of {@code device} should change, in one sentence, or nothing.
   *
   * <p>PoCL compiles with LLVM inside this process, and LLVM takes over SIGSEGV while it writes a
   * file. The JVM stops its threads by that signal, so a garbage collection at the wrong moment
   * makes a build fail or ends the process without a word (seen at about one test run in five; with
   * two threads that allocate, at the third kernel). JDKs ship the cure: with {@code libjsig.so}
   * preloaded, LLVM's handlers stand behind the JVM's.
   */
  public static Optional<String> advice(Device device) {
    if (!isPocl(device) || !Files.exists(MAPPED_FILES) || chainsSignals()) {
      return Optional.empty();
    }
    return Optional.of(
        "PoCL's compiler and the JVM share a signal and may crash; start Java with LD_PRELOAD="
            + Path.of(System.getProperty("java.home"), "lib", "libjsig.so")
            + " (and POCL_WORK_GROUP_SPECIALIZATION=0, so that it compiles each kernel only once)");
  }

  /**
   * Whether the compiler locks its process, so that programs compile at the same time only in
   * several: PoCL holds one lock while it makes any kernel's machine code, whatever the context
   * (pocl_check_kernel_dlhandle_cache; seen in PoCL 3.1, and the same in later ones).
   */
  static boolean locksProcess(Device device) {
    return isPocl(device);
  }

  /**
   * Whether a loop is ended after 65,535 passes without a word, as by Mesa's llvmpipe (seen in
   * 22.3, under rusticl): a CPU, yet kernels in which one work-item walks a whole row come out
   * wrong.
   */
  public static boolean cutsLoopsShort(Device device) {
    return device.name().startsWith("llvmpipe");
  }

  /**
   * Whether CL_KERNEL_LOCAL_MEM_SIZE is twice what a kernel takes, as in rusticl of Mesa 22:
   * kernels that fit would be refused.
   */
  static boolean countsLocalMemoryTwice(Device device) {
    return device.platform().name().equals("rusticl")
        && device.versions().driver().startsWith("22.");
  }

  private static boolean isPocl(Device device) {
    return device.platform().name().equals(POCL);
  }

  private static boolean chainsSignals() {
    try {
      return Files.readString(MAPPED_FILES).contains("libjsig");
    } catch (IOException e) {
      return true; // cannot know: no false alarm
    }
  }
}
