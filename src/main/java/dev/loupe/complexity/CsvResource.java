package dev.loupe.complexity;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A table of comma-separated values on the class path, its first line naming the columns. */
final class CsvResource {
  private static final String UNKNOWN = "?";

  private CsvResource() {}

  /** One line, by column. */
  record Row(Map<String, String> values) {
    /** The text in a column. */
    String text(String column) {
      return values.get(column);
    }

    /** The whole number in a column. */
    int number(String column) {
      return Integer.parseInt(values.get(column));
    }

    /** Whether a column says something: it is neither empty nor "?". */
    boolean has(String column) {
      return !text(column).isEmpty() && !text(column).equals(UNKNOWN);
    }
  }

  static List<Row> read(String resource) {
    List<Row> rows = new ArrayList<>();
    List<String> lines = lines(resource);
    String[] columns = lines.get(0).split(",", -1);
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      Map<String, String> values = new LinkedHashMap<>();
      for (int i = 0; i < columns.length; i++) {
        values.put(columns[i], fields[i]);
      }
      rows.add(new Row(values));
    }
    return rows;
  }

  private static List<String> lines(String resource) {
    try (InputStream stream = CsvResource.class.getResourceAsStream(resource)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("resource " + resource + " cannot be read", e);
    }
  }
}
