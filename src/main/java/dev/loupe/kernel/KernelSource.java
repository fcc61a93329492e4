package dev.loupe.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The text of a kernel file from the class path, its includes pasted in place: no include path and
 * no file system at run time, and the program cache's key covers all of it.
 */
public final class KernelSource {
  private static final String INCLUDE = "#include \"";

  private static final Map<String, String> LOADED = new ConcurrentHashMap<>();

  private KernelSource() {}

  /**
   * Reads {@code kernels/<file>} with every include once.
   *
   * @throws IllegalArgumentException if there is no such file
   */
  public static String load(String file) {
    return LOADED.computeIfAbsent(file, name -> load(name, new HashSet<>()));
  }

  private static String load(String file, Set<String> seen) {
    if (!seen.add(file)) {
      return "";
    }
    StringBuilder whole = new StringBuilder();
    for (String line : read(file).split("\n", -1)) {
      if (line.startsWith(INCLUDE)) {
        whole.append(load(line.substring(INCLUDE.length(), line.length() - 1), seen));
      } else {
        whole.append(line).append('\n');
      }
    }
    return whole.toString();
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
