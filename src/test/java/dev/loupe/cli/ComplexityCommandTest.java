package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code loupe complexity} for people and for programs. */
class ComplexityCommandTest {
  @Test
  void thePapersTablesAreCounted() {
    Map<String, Object> json = CommandLineRun.of("complexity", "--paper", "--json").json();
    assertEquals(130, json.get("cells"));
    assertEquals(130, json.get("matching"));
    assertEquals(12, json.get("further_cells"));
    assertEquals(11, json.get("further_matching"));
    assertEquals(52, ((List<?>) json.get("rows")).size());
  }

  @Test
  void whatDiffersIsMarked() {
    String out = CommandLineRun.of("complexity", "--paper").out();
    assertTrue(out.contains("fsrcnn x4 mask              43K / 43K           14.60 / 14.60"), out);
    assertTrue(out.contains("29.16 / 28.64 (!)"), out);
    assertEquals(
        4, out.lines().filter(line -> line.contains(" x") && line.contains("(!)")).count());
    assertTrue(out.contains("13.45 / ?"), out);
  }

  @Test
  void aNetworkIsCountedOnAFrame() {
    CommandLineRun run =
        CommandLineRun.of(
            "complexity",
            "--network",
            "fsrcnn",
            "--variant",
            "mask",
            "--scale",
            "3",
            "--patch-size",
            "2",
            "-k",
            "10%",
            "--size",
            "20x10",
            "--json");
    Map<?, ?> row = (Map<?, ?>) ((List<?>) run.json().get("rows")).get(0);
    assertEquals(43270, row.get("parameters"));
    // 200 pixels, 50 cells, 5 of them refined: 4x4 windows, cut to 2x2 by the trim pair.
    long base = 200L * (13608 * 9 + 9592);
    long mask = 200L * 9 * 144 + 50 * 121;
    long patch = 16L * (1296 + 12 + 1296 + 12) + 4L * (1296 + 672 + 56 + 13608 * 9);
    assertEquals((base + mask + 5 * patch) / 1e9, (double) row.get("gflops_paper"), 1e-12);
  }

  @Test
  void optionsThatWouldBePassedOverAreRefused() {
    CommandLineRun.of("complexity", "--variant", "base", "-k", 7).isRefused("K = 7", "base");
    CommandLineRun.of("complexity", "--network", "pan-original", "-k", 7)
        .isRefused("K = 7", "pan-original has no Refine-Net");
    CommandLineRun.of("complexity", "--variant", "base").succeeds();
    CommandLineRun.of("complexity", "--variant", "mask").succeeds();
    CommandLineRun.of("complexity", "--paper", "--network", "pan")
        .isRefused("--network", "--paper");
    CommandLineRun.of("complexity", "--paper", "-s", 4).isRefused("--scale", "--paper");
  }

  /** By insertion: sets of Java begin elsewhere in each run. */
  @Test
  void keysStandInOneOrder() {
    Map<String, Object> json = CommandLineRun.of("complexity", "--json").json();
    assertEquals(List.of("size", "scale", "rows"), List.copyOf(json.keySet()));
  }

  @Test
  void everyNetworkIsListedWithTheVariantsItHas() {
    List<?> rows = (List<?>) CommandLineRun.of("complexity", "--json").json().get("rows");
    assertEquals(5 * 4 + 2, rows.size());
  }

  @Test
  void unknownNetworksAndSizesAreRefused() {
    CommandLineRun run = CommandLineRun.of("complexity", "--network", "vdsr");
    assertEquals(Main.BAD_USAGE, run.exitCode());
    assertTrue(run.err().contains("network 'vdsr' is not known"), run.err());
    assertEquals(Main.BAD_USAGE, CommandLineRun.of("complexity", "--size", "0x4").exitCode());
    assertEquals(Main.BAD_USAGE, CommandLineRun.of("complexity", "--patch-size", "0").exitCode());
    CommandLineRun original =
        CommandLineRun.of("complexity", "--network", "pan-original", "--variant", "mask");
    original.isRefused("--variant mask", "pan-original has no Refine-Net");
    assertEquals("", original.out());
  }
}
