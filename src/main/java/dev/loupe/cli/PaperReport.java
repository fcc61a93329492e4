package dev.loupe.cli;

import dev.loupe.complexity.PaperCell;
import dev.loupe.complexity.PaperRow;
import dev.loupe.complexity.TestSet;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The paper's tables computed beside printed, as lines for people and as JSON.
 *
 * @param rows of tables 1, 5 and 6
 */
record PaperReport(List<PaperRow> rows) {
  /** The tables for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Computed / printed: parameters, and GFLOPs of a picture; (!) differs, ? illegible.");
    lines.add("With variant mask, 'ours' counts the mask prediction that Loupe runs.");
    int table = 0;
    for (PaperRow row : rows) {
      if (row.table() != table) {
        table = row.table();
        lines.add("");
        lines.add(head(table));
      }
      lines.add(line(row));
    }
    lines.add("");
    lines.add(
        "Table 1: %d of %d legible GFLOPs cells and %d of %d parameter cells are met."
            .formatted(matching(1), compared(1), parametersMatching(), parametersCompared()));
    lines.add(
        "Tables 5 and 6: %d of %d further cells are met."
            .formatted(matching(5) + matching(6), compared(5) + compared(6)));
    lines.add("Known to differ: parameters of srresnet x3, which were printed of its x2 network;");
    lines.add("Test2K at p = 8, whose picture sizes are not known.");
    return lines;
  }

  private static String head(int table) {
    StringBuilder head =
        new StringBuilder(
            String.format(Locale.ROOT, "%-27s %-19s", "Table " + table, "parameters"));
    for (TestSet set : TestSet.values()) {
      head.append(String.format(Locale.ROOT, " %-24s", set.title()));
    }
    return head.append("ours").toString();
  }

  private static String line(PaperRow row) {
    String name =
        switch (row.table()) {
          case 5 ->
              "%s x%d %s %s".formatted(row.network(), row.scale(), row.variant(), row.blocks());
          case 6 ->
              "%s x%d %s p=%d K=%d"
                  .formatted(row.network(), row.scale(), row.variant(), row.p(), row.k());
          default -> "%s x%d %s".formatted(row.network(), row.scale(), row.variant());
        };
    String parameters =
        "%s / %s%s"
            .formatted(
                row.parametersText(),
                row.printedParameters().orElse("?"),
                row.parametersMatch() ? "" : " (!)");
    StringBuilder line =
        new StringBuilder(String.format(Locale.ROOT, "%-27s %-19s", name, parameters));
    for (PaperCell cell : row.cells()) {
      String text =
          "%s / %s%s"
              .formatted(
                  cell.computedText(), cell.printed().orElse("?"), cell.matches() ? "" : " (!)");
      line.append(String.format(Locale.ROOT, " %-24s", text));
    }
    if (row.variant() == Variant.MASK) {
      line.append(String.format(Locale.ROOT, "%.2f", row.cells().get(0).withOwnMask()));
    }
    return line.toString().stripTrailing();
  }

  private long compared(int table) {
    return rows.stream()
        .filter(row -> row.table() == table)
        .flatMap(row -> row.cells().stream())
        .filter(cell -> cell.printed().isPresent())
        .count();
  }

  private long matching(int table) {
    return rows.stream()
        .filter(row -> row.table() == table)
        .flatMap(row -> row.cells().stream())
        .filter(cell -> cell.printed().isPresent() && cell.matches())
        .count();
  }

  private long parametersCompared() {
    return rows.stream().filter(row -> row.printedParameters().isPresent()).count();
  }

  private long parametersMatching() {
    return rows.stream()
        .filter(row -> row.printedParameters().isPresent() && row.parametersMatch())
        .count();
  }

  /** The tables as JSON; {@code cells} and {@code matching} are Table 1's. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("cells", compared(1));
    json.put("matching", matching(1));
    json.put("parameter_cells", parametersCompared());
    json.put("parameter_matching", parametersMatching());
    json.put("further_cells", compared(5) + compared(6));
    json.put("further_matching", matching(5) + matching(6));
    json.put("rows", rows.stream().map(PaperReport::json).toList());
    return json;
  }

  private static Map<String, Object> json(PaperRow row) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("table", row.table());
    json.put("network", row.network());
    json.put("scale", row.scale());
    json.put("variant", row.variant().toString());
    if (!row.blocks().isEmpty()) {
      json.put("blocks", row.blocks());
    }
    json.put("p", row.p());
    json.put("k", row.k());
    json.put("parameters", row.parameters());
    json.put("parameters_computed", row.parametersText());
    json.put("parameters_printed", row.printedParameters().orElse(null));
    json.put("parameters_match", row.parametersMatch());
    List<Map<String, Object>> cells = new ArrayList<>();
    for (PaperCell cell : row.cells()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("data_set", cell.testSet().title());
      one.put("gflops", cell.computed());
      one.put("gflops_with_own_mask", cell.withOwnMask());
      one.put("printed", cell.printed().map(Double::valueOf).orElse(null));
      one.put("match", cell.matches());
      cells.add(one);
    }
    json.put("cells", cells);
    return json;
  }
}
