package dev.loupe.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * A column of figures.
 *
 * @param name in CSV and JSON
 * @param decimals in CSV
 * @param value of a row
 */
record Column<T>(String name, int decimals, ToDoubleFunction<T> value) {
  /** The same column of a row that a {@code T} is part of, its name after {@code prefix}. */
  <R> Column<R> of(String prefix, Function<R, T> part) {
    return new Column<>(prefix + name, decimals, row -> value.applyAsDouble(part.apply(row)));
  }

  /** The names, for the first line of a CSV. */
  static <T> String header(List<Column<T>> columns) {
    return columns.stream().map(Column::name).collect(Collectors.joining(","));
  }

  /** The figures of a row, for a line of a CSV. */
  static <T> String csv(List<Column<T>> columns, T row) {
    return columns.stream()
        .map(c -> String.format(Locale.ROOT, "%." + c.decimals + "f", c.value.applyAsDouble(row)))
        .collect(Collectors.joining(","));
  }

  /** A row as JSON; what is not finite is null there. */
  static <T> Map<String, Object> json(List<Column<T>> columns, T row) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (Column<T> column : columns) {
      json.put(column.name, Main.finite(column.value.applyAsDouble(row)));
    }
    return json;
  }
}
