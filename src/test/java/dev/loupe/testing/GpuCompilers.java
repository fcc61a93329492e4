package dev.loupe.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The compilers of {@link GpuReport}, clang-19 with libclc-19 and ptxas, in a folder of files. */
record GpuCompilers(Path work) {
  /** PTX ISA 7.8, the first of sm_90; clang's own choice has no mma. */
  private static final String[] MATRIX_FEATURES = {"-target-feature", "+ptx78"};

  /** For an NVIDIA H100 and, where there are no matrices, an AMD RDNA 2. */
  List<GpuFigures> all(GpuConfiguration configuration) throws IOException, InterruptedException {
    GpuFigures nvidia = nvidia(configuration);
    return configuration.kernel().hasMatrices()
        ? List.of(nvidia)
        : List.of(nvidia, amd(configuration));
  }

  private GpuFigures nvidia(GpuConfiguration configuration)
      throws IOException, InterruptedException {
    Path ptx = work.resolve("kernel.ptx");
    String[] features = configuration.kernel().hasMatrices() ? MATRIX_FEATURES : new String[0];
    clang(configuration, ptx, "nvptx64--nvidiacl", "nvptx64-nvidia-nvcl", "sm_90", features);
    String log = run("ptxas", "-arch=sm_90", "-v", ptx.toString(), "-o", work + "/kernel.cubin");
    return nvidia(configuration, log, Files.readString(ptx));
  }

  private GpuFigures amd(GpuConfiguration configuration) throws IOException, InterruptedException {
    Path assembly = work.resolve("kernel.s");
    clang(configuration, assembly, "gfx1030-amdgcn-mesa-mesa3d", "amdgcn-mesa-mesa3d", "gfx1030");
    return amd(Files.readString(assembly));
  }

  private void clang(
      GpuConfiguration configuration,
      Path output,
      String library,
      String target,
      String cpu,
      String... features)
      throws IOException, InterruptedException {
    Path source = Files.writeString(work.resolve("kernel.cl"), configuration.text());
    List<String> options = new ArrayList<>();
    options.add("-finclude-default-header");
    options.addAll(List.of("-mlink-builtin-bitcode", "/usr/lib/clc/" + library + ".bc"));
    options.addAll(List.of("-target-cpu", cpu));
    options.addAll(List.of(features));
    List<String> command = new ArrayList<>();
    command.addAll(List.of("clang-19", "-x", "cl", "-cl-std=CL1.2", "-O3", "-Wno-everything"));
    options.forEach(option -> command.addAll(List.of("-Xclang", option)));
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
  private static GpuFigures nvidia(GpuConfiguration configuration, String log, String ptx) {
    int local = find(log, "(\\d+) bytes smem");
    int registers = find(log, "Used (\\d+) registers");
    int spilled = find(log, "(\\d+) bytes spill stores") + find(log, "(\\d+) bytes stack frame");
    int warps = configuration.warps();
    int byRegisters = 65_536 / ((registers * 32 + 255) / 256 * 256) / warps;
    int byLocal = 228 * 1024 / (local + 1024);
    int groups = Math.min(Math.min(byRegisters, byLocal), Math.min(64 / warps, 32));
    double share =
        share(ptx, "\\$L", "^\t[a-z@]", configuration.kernel().ptxProduct(), "\tld\\.shared");
    return new GpuFigures(local, registers, spilled, groups * warps / 64.0, share);
  }

  /** LLVM's own count, of 16 waves of 32. */
  private static GpuFigures amd(String assembly) {
    double share =
        share(assembly, "(\\.LBB|; %bb)", "^\t[a-z]", "\tv_(fma|fmac|mad|mac)_f32", "\tds_read");
    return new GpuFigures(
        find(assembly, "; LDSByteSize: (\\d+)"),
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
   * Share of products in the innermost loop: of the blocks that read local memory, the one that has
   * the most of them.
   */
  private static double share(
      String text, String label, String instruction, String product, String localRead) {
    List<Pattern> patterns =
        List.of(Pattern.compile(instruction), Pattern.compile(product), Pattern.compile(localRead));
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
