package dev.loupe.kernel;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The preprocessor defines that specialise one kernel file; ordered, so equal sets give equal text.
 */
public final class Defines {
  private final Map<String, String> values = new TreeMap<>();

  /** Defines {@code name} as a whole number. */
  public Defines set(String name, long value) {
    return put(name, Long.toString(value));
  }

  /** Defines {@code name} as a float literal with all its digits. */
  public Defines set(String name, float value) {
    return put(name, Float.toHexString(value) + "f");
  }

  /** Defines {@code name} as another identifier. */
  public Defines set(String name, String identifier) {
    return put(name, identifier);
  }

  /** Defines {@code name} as the values of an array. */
  public Defines list(String name, LongStream values) {
    return put(name, values.mapToObj(Long::toString).collect(Collectors.joining(", ", "{", "}")));
  }

  /** Defines {@code name} with no value where {@code condition} holds. */
  public Defines flag(String name, boolean condition) {
    return condition ? put(name, "1") : this;
  }

  private Defines put(String name, String value) {
    if (values.put(name, value) != null) {
      throw new IllegalArgumentException("define " + name + " is set twice");
    }
    return this;
  }

  /** The {@code #define} lines that stand before the kernel file. */
  public String text() {
    StringBuilder text = new StringBuilder();
    values.forEach(
        (name, value) ->
            text.append("#define ").append(name).append(' ').append(value).append('\n'));
    return text.toString();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
