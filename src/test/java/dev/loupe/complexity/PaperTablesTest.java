package dev.loupe.complexity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The paper's tables as computed from Loupe's graphs. */
class PaperTablesTest {
  private static final List<PaperRow> ROWS = PaperTables.rows();

  @Test
  void everyLegibleCellOfTable1IsMet() {
    List<String> compared =
        ROWS.stream()
            .filter(row -> row.table() == 1)
            .flatMap(
                row ->
                    row.cells().stream()
                        .filter(cell -> cell.printed().isPresent())
                        .map(cell -> describe(row, cell)))
            .toList();
    assertEquals(130, compared.size());
    assertEquals(List.of(), compared.stream().filter(c -> c.contains("differs")).toList());
  }

  @Test
  void onlyTheCellWithUnknownSizesDiffersInTables5And6() {
    List<String> compared =
        ROWS.stream()
            .filter(row -> row.table() != 1)
            .flatMap(row -> row.cells().stream().map(cell -> describe(row, cell)))
            .toList();
    assertEquals(12, compared.size());
    assertEquals(
        List.of("table 6 fsrcnn x4 mask p 8 Test2K 29.16 differs from 28.64"),
        compared.stream().filter(c -> c.contains("differs")).toList());
  }

  @Test
  void onlySrResNetX3HasOtherParameters() {
    // Those cells were printed of the x2 network (docs/networks.md section 2.4).
    List<String> different =
        ROWS.stream()
            .filter(row -> !row.parametersMatch())
            .map(row -> row.network() + " x" + row.scale() + " " + row.variant())
            .toList();
    assertEquals(List.of("srresnet x3 base", "srresnet x3 full", "srresnet x3 all"), different);
  }

  private static String describe(PaperRow row, PaperCell cell) {
    return "table %d %s x%d %s p %d %s %s %s %s"
        .formatted(
            row.table(),
            row.network(),
            row.scale(),
            row.variant(),
            row.p(),
            cell.testSet().title(),
            cell.computedText(),
            cell.matches() ? "equals" : "differs from",
            cell.printed().orElseThrow());
  }
}
