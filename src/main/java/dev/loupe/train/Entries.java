package dev.loupe.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of an object in a recipe: each is checked as it is taken, and what nobody took is
 * refused in the end. Errors name the key and what it may be.
 */
final class Entries {
  private final Map<String, Object> left = new LinkedHashMap<>();
  private final List<String> taken = new ArrayList<>();

  /**
   * Those of {@code value}.
   *
   * @throws IllegalArgumentException if it is no object
   */
  static Entries of(Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("'%s' must be an object".formatted(value));
    }
    Entries entries = new Entries();
    map.forEach((key, entry) -> entries.left.put(String.valueOf(key), entry));
    return entries;
  }

  /** The keys of those that are left. */
  List<String> keys() {
    return List.copyOf(left.keySet());
  }

  /** Refuses what is left. */
  void requireAllTaken() {
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "'%s' is not known; known are %s".formatted(keys().get(0), taken));
    }
  }

  private Object take(String key, Object otherwise) {
    taken.add(key);
    Object value = left.containsKey(key) ? left.remove(key) : otherwise;
    if (value == null) { // which may be as the key is misspelt
      throw new IllegalArgumentException(
          "'%s' is missing%s".formatted(key, left.isEmpty() ? "" : "; unread are " + keys()));
    }
    return value;
  }

  double number(String key, Double otherwise) {
    return asNumber(key, take(key, otherwise));
  }

  private static double asNumber(String key, Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException("'%s' is '%s', expected a number".formatted(key, value));
  }

  int whole(String key, Integer otherwise) {
    Object value = take(key, otherwise);
    double number = asNumber(key, value);
    if (number != (int) number) {
      throw new IllegalArgumentException(
          "'%s' is %s, expected a whole number of at most %d"
              .formatted(key, value, Integer.MAX_VALUE));
    }
    return (int) number;
  }

  String text(String key, String otherwise) {
    return String.valueOf(take(key, otherwise));
  }

  List<?> list(String key, List<?> otherwise) {
    if (take(key, otherwise) instanceof List<?> list && !list.isEmpty()) {
      return list;
    }
    throw new IllegalArgumentException("'%s' must be a list with something in it".formatted(key));
  }

  List<Double> numbers(String key, List<Double> otherwise) {
    List<Double> numbers = new ArrayList<>();
    for (Object entry : list(key, otherwise)) {
      if (!(entry instanceof Number number)) {
        throw new IllegalArgumentException("'%s' has '%s', expected numbers".formatted(key, entry));
      }
      numbers.add(number.doubleValue());
    }
    return numbers;
  }

  /** An object, empty where there is none. */
  Entries object(String key) {
    try {
      return of(take(key, Map.of()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'%s': %s".formatted(key, e.getMessage()), e);
    }
  }
}
