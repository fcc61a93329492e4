package dev.loupe.guided;

import dev.loupe.opencl.Device;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much device memory a frame may take.
 *
 * @param preferred bytes of tensors beyond which a frame runs in bands
 * @param most bytes of tensors and weights beyond which it runs in tiles
 */
public record MemoryLimit(long preferred, long most) {
  /** A 4K frame of the smaller networks stays below 600 MB with its weights. */
  private static final long PREFERRED = 550L << 20;

  private static final long MOST = 2L << 30;

  private static final long LEAST = 16L << 20;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*([KMG])(?:I?B)?");

  /**
   * What suits most. On a CPU at most 550 MB where bands can, and never more than 2 GB or half its
   * memory. On other devices a quarter of it, as two frames may be held, and bands are slow there:
   * on an NVIDIA H200 PAN takes 149 ms at 960x540 in bands of 16 rows, and 7 ms whole at a quarter
   * of that.
   */
  public static MemoryLimit of(Device device) {
    long global = device.memory().global();
    long most = Math.min(MOST, global / 2);
    return device.type() == Device.Type.CPU
        ? new MemoryLimit(Math.min(PREFERRED, most), most)
        : of(global / 4);
  }

  /**
   * At most {@code bytes}.
   *
   * @throws IllegalArgumentException if they are less than 1
   */
  public static MemoryLimit of(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("memory of %d bytes: take 1 or more".formatted(bytes));
    }
    return new MemoryLimit(bytes, bytes);
  }

  /**
   * Reads {@code 256M} or {@code 2G}, powers of 1024.
   *
   * @throws IllegalArgumentException if it is no such size, or less than 16M
   */
  public static MemoryLimit parse(String text) {
    Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (size.matches()) {
      int shift = 10 * (1 + "KMG".indexOf(size.group(2)));
      long bytes = Long.parseLong(size.group(1)) << shift;
      if (bytes >= LEAST) {
        return of(bytes);
      }
    }
    throw new IllegalArgumentException(
        "memory '%s': take a size such as 256M or 2G, at least 16M".formatted(text));
  }
}
