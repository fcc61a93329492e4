package dev.loupe.testing;

import dev.loupe.kernel.SpecialisedFile;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A kernel of {@link GpuReport} as the networks specialise it.
 *
 * @param kernel what is specialised
 * @param defines its numbers
 * @param networks that have it
 */
record GpuConfiguration(GpuKernel kernel, Map<String, String> defines, TreeSet<String> networks) {
  /** Work-items of a warp. */
  private static final int WARP = 32;

  /** Rows and columns of a matrix. */
  private static final int MATRIX_ROWS = 16;

  private static final int MATRIX_COLUMNS = 8;

  /** An NVIDIA H100's multiprocessors, each of which has a share of a gradient's batch. */
  private static final String PROCESSORS = "132";

  /** Of the kernel as a network specialises its file. */
  static GpuConfiguration of(GpuKernel kernel, SpecialisedFile file) {
    Map<String, String> defines = new TreeMap<>();
    file.defines()
        .lines()
        .map(line -> line.split(" ", 3))
        .forEach(words -> defines.put(words[1], words[2]));
    if (kernel.hasMatrices()) {
      defines.put("MATRIX_UNITS", "1"); // as on NVIDIA's devices, which the null device is not
    }
    if (kernel == GpuKernel.MATRIX_GRADIENT) {
      defines.put("SPANS", PROCESSORS); // the null device has one
    }
    return new GpuConfiguration(kernel, defines, new TreeSet<>());
  }

  private int number(String name) {
    return Integer.parseInt(defines.getOrDefault(name, "0"));
  }

  private boolean has(String name) {
    return defines.containsKey(name);
  }

  /** Window and channels. */
  private String title() {
    String window =
        has("PHASES")
            ? "%1$dx%1$d transposed, step %2$d".formatted(number("PHASE_FILTER"), number("PHASES"))
            : "%dx%d".formatted(number("FILTER_H"), number("FILTER_W"));
    String of = kernel.isGradient() ? "gradient of " : "";
    String stride = number("STRIDE") > 1 ? ", stride " + number("STRIDE") : "";
    boolean exchanged = has("TRANSPOSED");
    int in = number(exchanged ? "CHANNELS_OUT" : "CHANNELS_IN");
    int out = number(exchanged ? "CHANNELS_IN" : "CHANNELS_OUT");
    int step = Math.max(1, number("PHASES") * number("PHASES"));
    String places = exchanged ? ", exchanged" : "";
    return "%s%s%s, %d to %d%s".formatted(of, window, stride, in, out / step, places);
  }

  /** Where it runs; on matrix units patches of floats are training's. */
  private String layout() {
    if (kernel.isGradient() || has("LANES_ALONG_BATCH")) {
      return kernel.hasMatrices() && !has("HALF") ? "training" : "patches";
    }
    return "frame";
  }

  /**
   * What a work-item holds, output channels x rows or x input channels; of matrices what a warp
   * does: output channels x rows x lanes, or x columns x rows of taps.
   */
  private String block() {
    return switch (kernel) {
      case TILED -> "%dx%d".formatted(number("OC_BLOCK"), number("ROWS"));
      case TILED_GRADIENT -> "%dx%d".formatted(number("OC_BLOCK"), number("IC_BLOCK"));
      case MATRIX ->
          "%dx%dx%d".formatted(number("COLUMN_TILES") * MATRIX_COLUMNS, number("ROWS"), WARP);
      case MATRIX_GRADIENT ->
          "%dx%dx%d"
              .formatted(
                  number("OC_TILES") * MATRIX_ROWS,
                  number("COLUMN_TILES") * MATRIX_COLUMNS,
                  number("TAP_ROWS"));
    };
  }

  /** Warps of a work-group. */
  int warps() {
    return (items() + WARP - 1) / WARP;
  }

  private int items() {
    return switch (kernel) {
      case TILED -> number("OC_GROUPS") * number("TILE_LANES") * number("ROW_GROUPS");
      case TILED_GRADIENT -> number("OC_GROUPS") * number("IC_GROUPS") * number("FILTER_H");
      case MATRIX -> WARP * number("ROW_GROUPS");
      case MATRIX_GRADIENT ->
          WARP * number("OC_WARPS") * number("ROW_WARPS") * number("COLUMN_WARPS");
    };
  }

  /** The cells of a row of docs/gpu-kernels.md that tell it from others. */
  String row(Collection<String> allNetworks) {
    return "%s | %s | %s | %s | %d"
        .formatted(title(), layout(), String.join(", ", allNetworks), block(), warps());
  }

  /** OpenCL C. */
  String text() {
    StringBuilder text = new StringBuilder();
    defines.forEach((name, value) -> text.append("#define " + name + " " + value + "\n"));
    return text + kernel.source();
  }
}
