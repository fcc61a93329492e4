package dev.loupe.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The program that finds out what the convolutions of the five networks cost on GPUs that are not
 * there (.ci/gpu-report): it compiles each for two architectures, those on matrix units for the one
 * that has them, and prints the tables of docs/gpu-kernels.md. It fails where a kernel spills, or
 * too few warps fit a multiprocessor.
 */
public final class GpuReport {
  private final GpuCompilers compilers;
  private int faults;

  private GpuReport(GpuCompilers compilers) {
    this.compilers = compilers;
  }

  /** Takes no arguments; needs clang-19, libclc-19 and ptxas. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    GpuReport report = new GpuReport(new GpuCompilers(Files.createTempDirectory("gpu-report")));
    report.tellTiles();
    System.out.println();
    report.tellMatrices();
    if (report.faults > 0) {
      throw new IllegalStateException(
          report.faults + " rows, with bold figures, spill or have an occupancy below a quarter");
    }
  }

  private void tellTiles() throws IOException, InterruptedException {
    System.out.println(
        "| convolution | layout | networks | work-item | warps | local |"
            + " registers | occupancy | multiply-adds | registers | occupancy | multiply-adds |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
    tellAll(
        Stream.concat(
            GpuSurvey.frames("gpu", GpuKernel.TILED),
            GpuSurvey.training("gpu", GpuKernel.TILED_GRADIENT)));
  }

  private void tellMatrices() throws IOException, InterruptedException {
    System.out.println(
        "| convolution | layout | networks | warp | warps | local |"
            + " registers | occupancy | products |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    tellAll(
        Stream.concat(
            GpuSurvey.frames("gpu-matrix", GpuKernel.MATRIX),
            GpuSurvey.training("gpu-matrix", GpuKernel.MATRIX, GpuKernel.MATRIX_GRADIENT)));
  }

  /** Prints a row for those that differ in the epilogue, padding, precision and staging alone. */
  private void tellAll(Stream<GpuConfiguration> all) throws IOException, InterruptedException {
    Map<String, List<GpuConfiguration>> rows =
        all.collect(
            Collectors.groupingBy(one -> one.row(Set.of()), TreeMap::new, Collectors.toList()));
    for (List<GpuConfiguration> alike : rows.values()) {
      tell(alike);
    }
  }

  /** Prints the worst of a row. */
  private void tell(List<GpuConfiguration> alike) throws IOException, InterruptedException {
    List<GpuFigures> worst = List.of();
    for (GpuConfiguration configuration : alike) {
      worst = worst(worst, compilers.all(configuration));
    }
    faults += worst.stream().allMatch(GpuFigures::isGood) ? 0 : 1;
    System.out.printf(
        "| %s | %.1f KB | %s |%n",
        alike.get(0).row(networks(alike)),
        worst.get(0).local() / 1024.0,
        worst.stream().map(GpuFigures::row).collect(Collectors.joining(" | ")));
  }

  /** Of one list, or of two by architecture. */
  private static List<GpuFigures> worst(List<GpuFigures> some, List<GpuFigures> others) {
    return some.isEmpty()
        ? others
        : IntStream.range(0, some.size()).mapToObj(i -> some.get(i).worst(others.get(i))).toList();
  }

  private static Set<String> networks(List<GpuConfiguration> alike) {
    return alike.stream()
        .flatMap(configuration -> configuration.networks().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
