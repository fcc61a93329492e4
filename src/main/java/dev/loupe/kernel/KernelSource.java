package dev.loupe.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a kernel file from the class path, its includes pasted in place: no include path and
 * no file system at run time, and the program cache's key covers all of it.
 */
public final class KernelSource {
  private static final Pattern INCLUDE =
      Pattern.compile("^#include \"([^\"]+)\"$", Pattern.MULTILINE);

  private KernelSource() {}

  /**
   * Reads {@code kernels/<file>} with every include once.
   *
   * @throws IllegalArgumentException if there is no such file
   */
  public static String load(String file) {
    return load(file, new HashSet<>());
  }

  private static String load(String file, Set<String> seen) {
    if (!seen.add(file)) {
      return "";
    }
    return INCLUDE
        .matcher(read(file))
        .replaceAll(include -> Matcher.quoteReplacement(load(include.group(1), seen)));
  }

  private static String read(String file) {
    try (InputStream in = KernelSource.class.getResourceAsStream("/kernels/" + file)) {
      if (in == null) {
        throw new IllegalArgumentException("kernel file kernels/" + file + " is not packaged");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read kernels/" + file, e);
    }
  }
}
