package dev.loupe.testing;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.KernelSource;
import dev.loupe.kernel.Tuning;
import dev.loupe.op.Activate;
import dev.loupe.op.AllCells;
import dev.loupe.op.Conv2d;
import dev.loupe.op.ConvTranspose2d;
import dev.loupe.op.GridMean;
import dev.loupe.op.Layout;
import dev.loupe.op.Operator;
import dev.loupe.op.Parameter;
import dev.loupe.op.PatchGather;
import dev.loupe.op.PatchScatter;
import dev.loupe.op.PixelShuffle;
import dev.loupe.op.PixelsToTensor;
import dev.loupe.op.PositionwiseConv;
import dev.loupe.op.Softmax;
import dev.loupe.op.TensorToPixels;
import dev.loupe.op.TopK;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import dev.loupe.tensor.Activation;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
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
 * The catalogue of small cases that together run every kernel there is, and the program that runs
 * it under a memory checker (.ci/oclgrind): its buffers end where the slack of a tensor does.
 */
public final class EveryKernel {
  private static final Pattern ENTRY = Pattern.compile("__kernel[^;{]*?void\\s+(\\w+)\\s*\\(");
  private static final Path KERNELS = Path.of("kernels");

  private EveryKernel() {}

  /** One operator and its operands. */
  public record Case(Operator operator, List<Operand> operands) {
    private static Case of(Operator operator, Operand... operands) {
      return new Case(operator, List.of(operands));
    }
  }

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

  /** The entry points of all kernel files. */
  public static Set<String> entries() {
    Set<String> entries = new TreeSet<>();
    files().forEach(file -> entries.addAll(entries(file)));
    return entries;
  }

  /** The cases; add one for each new kernel and each layout it takes. */
  public static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    convolutions(cases);
    convTransposes(cases);
    pointwise(cases);
    selection(cases);
    pixels(cases);
    return cases;
  }

  private static Parameter parameter(int n, int c, int h, int w) {
    return new Parameter("test", Tensors.ramp(n, c, h, w));
  }

  private static Operand frame(int channels, int height, int width) {
    return Operand.frame(Tensors.ramp(1, channels, height, width));
  }

  private static Operand patches(int batch, int channels, int size) {
    return Operand.patches(Tensors.ramp(batch, channels, size, size));
  }

  private static void convolutions(List<Case> cases) {
    Parameter slopes = parameter(1, 5, 1, 1);
    Conv2d three = conv(2, 5, ConvGeometry.same(3), Activation.PRELU, slopes);
    cases.add(Case.of(three, frame(2, 3, 17), frame(5, 3, 17)));
    cases.add(Case.of(three, patches(1, 2, 3), patches(1, 5, 3)));
    cases.add(Case.of(three, patches(17, 2, 3), patches(17, 5, 3)));
    // One and two channels take the widest blocks, which reach farthest beyond a row.
    Conv2d nine = conv(1, 1, ConvGeometry.same(9), Activation.NONE, null);
    cases.add(Case.of(nine, frame(1, 1, 1)));
    cases.add(Case.of(nine, patches(1, 1, 2)));
    Conv2d valid = conv(2, 2, ConvGeometry.valid(3), Activation.RELU, null);
    cases.add(Case.of(valid, frame(2, 4, 99)));
    cases.add(Case.of(valid, patches(16, 2, 4)));
    Conv2d stride = conv(2, 3, new ConvGeometry(3, 3, 2, 1), Activation.SIGMOID, null);
    cases.add(Case.of(stride, frame(2, 5, 33)));
    cases.add(Case.of(stride, patches(3, 2, 5)));
    Parameter taps = parameter(9, 1, 1, 1);
    cases.add(Case.of(new PositionwiseConv(taps, parameter(1, 9, 1, 1), 3), frame(1, 3, 70)));
  }

  private static Conv2d conv(
      int in, int out, ConvGeometry geometry, Activation activation, Parameter slopes) {
    return new Conv2d(
        parameter(out, in, geometry.filterHeight(), geometry.filterWidth()),
        parameter(1, out, 1, 1),
        geometry,
        activation,
        slopes);
  }

  private static void convTransposes(List<Case> cases) {
    Parameter bias = parameter(1, 3, 1, 1);
    ConvTranspose2d two = new ConvTranspose2d(parameter(2, 3, 5, 5), bias, 2, 2);
    cases.add(Case.of(two, frame(2, 3, 17)));
    cases.add(Case.of(two, patches(17, 2, 3)));
    Parameter one = parameter(1, 1, 1, 1);
    cases.add(Case.of(new ConvTranspose2d(parameter(1, 1, 9, 9), one, 2, 4), frame(1, 1, 1)));
    ConvTranspose2d four = new ConvTranspose2d(parameter(1, 1, 9, 9), one, 4, 4);
    cases.add(Case.of(four, frame(1, 2, 70)));
    cases.add(Case.of(four, patches(1, 1, 2)));
  }

  private static void pointwise(List<Case> cases) {
    Activate prelu = new Activate(Activation.PRELU, parameter(1, 3, 1, 1));
    cases.add(Case.of(prelu, frame(3, 2, 17)));
    cases.add(Case.of(prelu, patches(17, 3, 2)));
    cases.add(Case.of(new Softmax(1), frame(2, 2, 70)));
    cases.add(Case.of(new GridMean(4), frame(2, 5, 270)));
    cases.add(Case.of(new PixelShuffle(2), frame(4, 2, 70)));
    cases.add(Case.of(new PixelShuffle(3), patches(17, 9, 2)));
  }

  private static void selection(List<Case> cases) {
    cases.add(Case.of(new TopK(20), frame(1, 9, 33)));
    cases.add(Case.of(new TopK(1), frame(1, 1, 1)));
    cases.add(Case.of(new AllCells(70)));
    Operand cells = Operand.indices(0, 3, 4, 7, 13);
    cases.add(Case.of(new PatchGather(4, 1, 0, 3), frame(2, 5, 25), cells));
    cases.add(Case.of(new PatchGather(4, 1, 2, 17), frame(2, 5, 25), cells));
    cases.add(Case.of(new PatchScatter(4, 0), frame(2, 5, 25), patches(17, 2, 4), cells));
    cases.add(Case.of(new PatchScatter(4, 3), frame(2, 5, 25), patches(3, 2, 4), cells));
  }

  private static void pixels(List<Case> cases) {
    FloatTensor zeros = FloatTensor.zeros(Shape.frame(3, 3, 7));
    FloatTensor gray = FloatTensor.zeros(Shape.frame(1, 2, 70));
    cases.add(Case.of(new PixelsToTensor(1), Operand.of(zeros, Layout.PIXELS8)));
    cases.add(Case.of(new PixelsToTensor(1), Operand.of(gray, Layout.PIXELS16)));
    cases.add(Case.of(new TensorToPixels(1, 1, 1, Layout.PIXELS8), frame(3, 2, 7)));
    cases.add(Case.of(new TensorToPixels(2, 1, 3, Layout.PIXELS16), frame(12, 2, 70)));
  }

  /**
   * Runs every case on {@code bench}.
   *
   * @return the entry points that ran
   */
  public static Set<String> run(DeviceFixture bench) {
    Set<String> ran = new TreeSet<>();
    for (Case next : cases()) {
      bench.run(next.operator(), next.operands().toArray(Operand[]::new));
      ran.addAll(bench.launched());
    }
    return ran;
  }

  /** Runs every case on the first device for each device class named. */
  public static void main(String[] deviceClasses) {
    OpenCl openCl = OpenCl.load(null);
    try (Context context = Context.create(openCl.select(null), ProgramCache.none());
        CommandQueue queue = context.queue()) {
      for (String deviceClass : deviceClasses) {
        try (KernelLibrary library = new KernelLibrary(context, Tuning.forClass(deviceClass))) {
          Set<String> ran = run(new DeviceFixture(library, queue, 0));
          if (!ran.equals(entries())) {
            throw new IllegalStateException(
                "the catalogue runs %s, the kernels are %s".formatted(ran, entries()));
          }
          System.out.printf(
              "%s: %d kernels ran in %d cases as %d programs on %s%n",
              deviceClass, ran.size(), cases().size(), library.size(), context.device().name());
        }
      }
    }
  }
}
