package dev.loupe.weights;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * A refusal of a weights file: one line naming the file, the tensor, what was expected and found.
 */
public final class WeightsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names that are told of a list. */
  private static final int FEW = 6;

  /** A refusal with its one-line reason. */
  public WeightsException(String message) {
    super(oneLine(message));
  }

  /** A refusal with its one-line reason and what led to it. */
  public WeightsException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** The refusal of a file whose tensors are not those of a network. */
  public static WeightsException ofOthers(
      String source,
      String network,
      int scale,
      Collection<String> unknown,
      Collection<String> missing) {
    return new WeightsException(
        "%s: is no %s x%d: unknown tensors [%s]; missing tensors [%s]"
            .formatted(source, network, scale, few(unknown), few(missing)));
  }

  /** The first names, and how many there are where those are not all. */
  static String few(Collection<String> names) {
    String first = names.stream().limit(FEW).collect(Collectors.joining(", "));
    return names.size() > FEW ? "%s, ... of %d".formatted(first, names.size()) : first;
  }

  /** Names come from files: a line break or an escape sequence in one must not reach a terminal. */
  private static String oneLine(String message) {
    return message.replaceAll("\\p{Cntrl}", "?");
  }
}
