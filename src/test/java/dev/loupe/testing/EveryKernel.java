package dev.loupe.testing;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.KernelSource;
import dev.loupe.kernel.Tuning;
import dev.loupe.op.Operand;
import dev.loupe.op.Precision;
import dev.loupe.op.SelfTestCases;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The self-test's cases between guards, and the program that runs them under a memory checker
 * (.ci/oclgrind), where buffers end where the slack of a tensor does. They run every kernel that
 * operators launch; {@link TrainingStep} those of train/, RooflineTest those of roofline/.
 */
public final class EveryKernel {
  private static final Pattern ENTRY = Pattern.compile("__kernel[^;{]*?void\\s+(\\w+)\\s*\\(");
  private static final Path KERNELS = Path.of("kernels");

  private EveryKernel() {}

  /** The kernel files under kernels/, such as {@code conv/conv2d.cl}, in order. */
  public static List<String> files() {
    try (Stream<Path> files = Files.walk(KERNELS)) {
      return files
          .filter(file -> file.toString().endsWith(".cl"))
          .map(file -> KERNELS.relativize(file).toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + KERNELS.toAbsolutePath(), e);
    }
  }

  /** The entry points of a kernel file. */
  public static List<String> entries(String file) {
    return ENTRY.matcher(KernelSource.load(file)).results().map(EveryKernel::name).toList();
  }

  private static String name(MatchResult result) {
    return result.group(1);
  }

  /** The entry points of all kernel files that operators launch: not of train/ and roofline/. */
  public static Set<String> entries() {
    Set<String> entries = new TreeSet<>();
    files().stream()
        .filter(file -> !file.startsWith("train/") && !file.startsWith("roofline/"))
        .forEach(file -> entries.addAll(entries(file)));
    return entries;
  }

  /** The entry points of all kernel files that a device class uses. */
  public static Set<String> entries(Tuning tuning) {
    Set<String> entries = new TreeSet<>(entries());
    if (tuning.winogradVectors() == 0) {
      entries.removeAll(Set.of("conv2d_winograd", "conv2d_fourier"));
    }
    if (tuning.matrix() == null) {
      entries.removeAll(Set.of("conv2d_matrix", "conv2d_weight_gradient_matrix"));
    }
    // Tiles in local memory take the place of all other convolutions and of their filters'
    // gradients.
    entries.removeAll(
        tuning.tile() == null
            ? Set.of("conv2d_tiled", "conv2d_weight_gradient_tiled")
            : Set.of(
                "conv2d",
                "conv2d_rows",
                "conv_transpose2d",
                "conv2d_weight_gradient",
                "conv2d_weight_gradient_winograd",
                "winograd_filter_sums",
                "conv_transpose2d_weight_gradient"));
    return entries;
  }

  /** The cases in fp32 and, those of inference, in fp16. */
  public static List<SelfTestCases.Case> cases() {
    List<SelfTestCases.Case> cases = new ArrayList<>(SelfTestCases.all());
    SelfTestCases.inference().forEach(next -> cases.add(next.in(Precision.FP16)));
    return cases;
  }

  /**
   * Runs cases on {@code bench}.
   *
   * @return the entry points that ran, those of train/ left out
   */
  public static Set<String> run(DeviceFixture bench, List<SelfTestCases.Case> cases) {
    Set<String> ran = new TreeSet<>();
    for (SelfTestCases.Case next : cases) {
      bench.run(next.operator(), next.operands().toArray(Operand[]::new));
      ran.addAll(bench.launched());
    }
    ran.retainAll(entries());
    return ran;
  }

  /** Runs every case on the first device for each device class named. */
  public static void main(String[] deviceClasses) {
    OpenCl openCl = OpenCl.load(null);
    try (Context context = Context.create(openCl.select(null), ProgramCache.none());
        CommandQueue queue = context.queue()) {
      for (String deviceClass : deviceClasses) {
        try (KernelLibrary library = new KernelLibrary(context, Tuning.forClass(deviceClass))) {
          List<SelfTestCases.Case> cases = cases();
          Set<String> ran = run(new DeviceFixture(library, queue, 0), cases);
          Set<String> expected = entries(library.tuning());
          if (!ran.equals(expected)) {
            throw new IllegalStateException(
                "the catalogue runs %s, the kernels are %s".formatted(ran, expected));
          }
          System.out.printf(
              "%s: %d kernels ran in %d cases as %d programs on %s%n",
              deviceClass, ran.size(), cases.size(), library.size(), context.device().name());
        }
      }
    }
  }
}
