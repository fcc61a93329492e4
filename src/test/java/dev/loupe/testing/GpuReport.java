package dev.loupe.testing;

import dev.loupe.complexity.CountedWeights;
import dev.loupe.graph.DeviceGraph;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.GuidedScheme;
import dev.loupe.guided.PatchCount;
import dev.loupe.guided.Variant;
import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.KernelSource;
import dev.loupe.kernel.Tuning;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.op.Conv2dWeightGradient;
import dev.loupe.op.LaunchRecorder;
import dev.loupe.op.Layout;
import dev.loupe.op.ParameterMemory;
import dev.loupe.op.Precision;
import dev.loupe.op.TensorType;
import dev.loupe.op.TensorView;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.DeviceBuffer;
import dev.loupe.opencl.NullBinding;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import dev.loupe.tensor.ConvGeometry;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.ModelMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The program that finds out what the convolutions of the five networks cost on GPUs that are not
 * there (.ci/gpu-report): it compiles each for two architectures and prints the table of
 * docs/gpu.md. It fails where a kernel spills, or too few warps fit a multiprocessor.
 */
public final class GpuReport {
  private static final String FILE = "conv/conv2d_tiled.cl";
  private static final String GRADIENT_FILE = "gradient/conv2d_weight_gradient_tiled.cl";
  private static final double LEAST_OCCUPANCY = 0.25;

  private GpuReport() {}

  /** One configuration: its defines and the networks that have it. */
  private record Configuration(Map<String, String> defines, TreeSet<String> networks) {
    int number(String name) {
      return Integer.parseInt(defines.getOrDefault(name, "0"));
    }

    String title() {
      String window =
          defines.containsKey("PHASES")
              ? "%1$dx%1$d transposed, step %2$d"
                  .formatted(number("PHASE_FILTER"), number("PHASES"))
              : "%dx%d".formatted(number("FILTER_H"), number("FILTER_W"));
      if (isGradient()) {
        window = "gradient of " + window;
      }
      String stride = number("STRIDE") > 1 ? ", stride " + number("STRIDE") : "";
      boolean patches = isGradient() || defines.containsKey("LANES_ALONG_BATCH");
      String layout = patches ? "patches" : "frame";
      int step = Math.max(1, number("PHASES") * number("PHASES"));
      return "%s%s, %d to %d | %s"
          .formatted(window, stride, number("CHANNELS_IN"), number("CHANNELS_OUT") / step, layout);
    }

    boolean isGradient() {
      return defines.containsKey("IC_GROUPS");
    }

    /** Warps of 32. */
    int warps() {
      int items =
          number("OC_GROUPS")
              * (isGradient()
                  ? number("IC_GROUPS") * number("FILTER_H")
                  : number("TILE_LANES") * number("ROW_GROUPS"));
      return (items + 31) / 32;
    }

    /** What a work-item holds: output channels x rows, or x input channels. */
    String block() {
      return "%dx%d".formatted(number("OC_BLOCK"), number(isGradient() ? "IC_BLOCK" : "ROWS"));
    }

    String text() {
      StringBuilder text = new StringBuilder();
      defines.forEach((name, value) -> text.append("#define " + name + " " + value + "\n"));
      return text + KernelSource.load(isGradient() ? GRADIENT_FILE : FILE);
    }
  }

  /**
   * What one architecture makes of a kernel.
   *
   * @param registers of a work-item
   * @param spilled bytes in memory for want of registers
   * @param occupancy share of the warps that a multiprocessor can hold
   * @param share multiply-adds among the instructions of the innermost loop
   */
  private record Figures(int registers, int spilled, double occupancy, double share) {
    boolean isGood() {
      return spilled == 0 && occupancy >= LEAST_OCCUPANCY;
    }

    Figures worst(Figures other) {
      return other == null
          ? this
          : new Figures(
              Math.max(registers, other.registers),
              Math.max(spilled, other.spilled),
              Math.min(occupancy, other.occupancy),
              Math.min(share, other.share));
    }

    String row() {
      return "%d | %.0f %% | %.0f %%".formatted(registers, 100 * occupancy, 100 * share);
    }
  }

  /** Takes no arguments; needs clang-19, libclc-19 and ptxas. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("gpu-report");
    System.out.println(
        "| convolution | layout | networks | work-item | warps | local |"
            + " registers | occupancy | multiply-adds | registers | occupancy | multiply-adds |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
    boolean good = true;
    Map<String, List<Configuration>> convolutions = configurations();
    for (List<Configuration> alike : convolutions.values()) {
      good &= tell(alike, work);
    }
    for (List<Configuration> alike : gradients(convolutions.values()).values()) {
      good &= tell(alike, work);
    }
    if (!good) {
      throw new IllegalStateException("a kernel spills, or its occupancy is below a quarter");
    }
  }

  /** Prints the row of configurations that differ in their epilogues: the worst of them. */
  private static boolean tell(List<Configuration> alike, Path work)
      throws IOException, InterruptedException {
    Figures nvidia = null;
    Figures amd = null;
    int local = 0;
    Set<String> networks = new TreeSet<>();
    for (Configuration configuration : alike) {
      Path source = Files.writeString(work.resolve("kernel.cl"), configuration.text());
      Path ptx = work.resolve("kernel.ptx");
      clang(source, ptx, "nvptx64--nvidiacl", "nvptx64-nvidia-nvcl", "sm_90");
      String log = run("ptxas", "-arch=sm_90", "-v", ptx.toString(), "-o", work + "/kernel.cubin");
      local = Math.max(local, find(log, "(\\d+) bytes smem"));
      nvidia = nvidia(configuration, log, Files.readString(ptx)).worst(nvidia);
      Path assembly = work.resolve("kernel.s");
      clang(source, assembly, "gfx1030-amdgcn-mesa-mesa3d", "amdgcn-mesa-mesa3d", "gfx1030");
      amd = amd(Files.readString(assembly)).worst(amd);
      networks.addAll(configuration.networks());
    }
    Configuration first = alike.get(0);
    boolean good = nvidia.isGood() && amd.isGood();
    System.out.printf(
        "| %s | %s | %s | %d | %.1f KB | %s | %s |%s%n",
        first.title(),
        String.join(", ", networks),
        first.block(),
        first.warps(),
        local / 1024.0,
        nvidia.row(),
        amd.row(),
        good ? "" : " SPILLS OR TOO FEW WARPS");
    return good;
  }

  /** By title; those of a title differ in activation, operand, padding and precision. */
  private static Map<String, List<Configuration>> configurations() {
    Map<String, Configuration> byText = new TreeMap<>();
    try (Context context =
            Context.create(OpenCl.of(new NullBinding()).select(null), ProgramCache.none());
        CommandQueue queue = context.queue()) {
      for (String name : Networks.published()) {
        for (int scale = 2; scale <= 4; scale++) {
          try (KernelLibrary library = new KernelLibrary(context, Tuning.forClass("gpu"))) {
            Network network = Networks.of(ModelMetadata.of(name, scale));
            GuidedScheme scheme =
                new GuidedScheme(network, new CountedWeights(), ModelMetadata.DEFAULT_P, 1, 4096);
            FrameSpec spec = FrameSpec.floats(270, 480, Variant.MASK, PatchCount.of(1000));
            for (Precision precision : Precision.values()) {
              new DeviceGraph(scheme.build(spec.in(precision)).graph(), library, queue).close();
            }
            library.specialisations().stream()
                .filter(text -> text.startsWith(FILE))
                .map(text -> byText.computeIfAbsent(text, GpuReport::configuration))
                .forEach(configuration -> configuration.networks().add(name));
          }
        }
      }
    }
    return byText.values().stream()
        .collect(Collectors.groupingBy(Configuration::title, TreeMap::new, Collectors.toList()));
  }

  /** Of the filters of {@code convolutions}, by title. */
  private static Map<String, List<Configuration>> gradients(
      Collection<List<Configuration>> convolutions) {
    Map<String, Configuration> byTitle = new TreeMap<>();
    try (Context context =
            Context.create(OpenCl.of(new NullBinding()).select(null), ProgramCache.none());
        CommandQueue queue = context.queue()) {
      for (List<Configuration> alike : convolutions) {
        Configuration conv = alike.get(0);
        try (KernelLibrary library = new KernelLibrary(context, Tuning.forClass("gpu"));
            LaunchRecorder recorder =
                LaunchRecorder.ofPrograms(library, queue, ParameterMemory.NONE, Precision.FP32)) {
          record(conv, recorder);
          Configuration gradient =
              library.specialisations().stream()
                  .filter(text -> text.startsWith(GRADIENT_FILE))
                  .map(GpuReport::configuration)
                  .findFirst()
                  .orElseThrow();
          byTitle
              .computeIfAbsent(gradient.title(), title -> gradient)
              .networks()
              .addAll(conv.networks());
        }
      }
    }
    Map<String, List<Configuration>> all = new TreeMap<>();
    byTitle.forEach((title, gradient) -> all.put(title, List.of(gradient)));
    return all;
  }

  private static void record(Configuration conv, LaunchRecorder recorder) {
    int stride = conv.number("STRIDE");
    ConvGeometry geometry =
        new ConvGeometry(
            conv.number("FILTER_H"), conv.number("FILTER_W"), stride, conv.number("PADDING"));
    Shape filters =
        new Shape(
            conv.number("CHANNELS_OUT"),
            conv.number("CHANNELS_IN"),
            geometry.filterHeight(),
            geometry.filterWidth());
    TensorType src = new TensorType(new Shape(64, filters.c(), 32, 32), Layout.PATCHES);
    Shape size = new Shape(64, filters.n(), geometry.outputHeight(32), geometry.outputWidth(32));
    TensorType grad = src.withShape(size);
    Conv2dWeightGradient gradient = new Conv2dWeightGradient(filters, geometry);
    List<TensorType> types = List.of(src, grad);
    TensorType output = gradient.output(types);
    Context context = recorder.library().context();
    try (DeviceBuffer memory =
        context.allocate(
            Math.max(src.bytes() + grad.bytes(), gradient.scratchBytes(types, output)))) {
      recorder.begin("gradients", gradient.name(), memory, 0);
      List<TensorView> views = types.stream().map(t -> new TensorView(memory, 0, t)).toList();
      gradient.record(recorder, views, new TensorView(memory, 0, output));
    }
  }

  private static Configuration configuration(String specialisation) {
    Map<String, String> defines = new TreeMap<>();
    specialisation
        .lines()
        .skip(1)
        .map(line -> line.split(" ", 3))
        .forEach(words -> defines.put(words[1], words[2]));
    return new Configuration(defines, new TreeSet<>());
  }

  private static void clang(Path source, Path output, String library, String target, String cpu)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("clang-19", "-x", "cl", "-cl-std=CL1.2", "-O3", "-Wno-everything"));
    for (String option :
        List.of(
            "-finclude-default-header",
            "-mlink-builtin-bitcode",
            "/usr/lib/clc/" + library + ".bc",
            "-target-cpu",
            cpu)) {
      command.addAll(List.of("-Xclang", option));
    }
    command.addAll(List.of("-target", target, "-S", source.toString(), "-o", output.toString()));
    run(command.toArray(String[]::new));
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + log);
    }
    return log;
  }

  /** CUDA occupancy of compute capability 9.0: 64 warps, 65,536 registers, 228 KB a processor. */
  private static Figures nvidia(Configuration configuration, String log, String ptx) {
    int registers = find(log, "Used (\\d+) registers");
    int spilled = find(log, "(\\d+) bytes spill stores") + find(log, "(\\d+) bytes stack frame");
    int warps = configuration.warps();
    int byRegisters = 65_536 / ((registers * 32 + 255) / 256 * 256) / warps;
    int byLocal = 228 * 1024 / (find(log, "(\\d+) bytes smem") + 1024);
    int groups = Math.min(Math.min(byRegisters, byLocal), Math.min(64 / warps, 32));
    double share = share(ptx, "\\$L", "^\t[a-z@]", "\tfma\\.rn\\.f32", "\tld\\.shared");
    return new Figures(registers, spilled, groups * warps / 64.0, share);
  }

  /** LLVM's own count, of 16 waves of 32. */
  private static Figures amd(String assembly) {
    double share =
        share(assembly, "(\\.LBB|; %bb)", "^\t[a-z]", "\tv_(fma|fmac|mad|mac)_f32", "\tds_read");
    return new Figures(
        find(assembly, "; NumVgprs: (\\d+)"),
        find(assembly, "; ScratchSize: (\\d+)"),
        find(assembly, "; Occupancy: (\\d+)") / 16.0,
        share);
  }

  private static int find(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /**
   * Share of multiply-adds in the innermost loop: of the blocks that read local memory, the one
   * that has the most of them.
   */
  private static double share(
      String text, String label, String instruction, String multiplyAdd, String localRead) {
    List<Pattern> patterns =
        List.of(
            Pattern.compile(instruction), Pattern.compile(multiplyAdd), Pattern.compile(localRead));
    int[] block = new int[patterns.size()];
    int most = 0;
    double share = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      if (line.matches(label + ".*")) {
        Arrays.fill(block, 0);
      }
      for (int i = 0; i < block.length; i++) {
        block[i] += patterns.get(i).matcher(line).find() ? 1 : 0;
      }
      if (block[2] > 0 && block[1] >= most) {
        most = block[1];
        share = (double) block[1] / block[0];
      }
    }
    return share;
  }
}
