package dev.loupe.opencl;

import dev.loupe.file.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Program binaries on disk. The key of an entry is the SHA-256 of all that the binary depends on:
 * source, device, driver, platform and this cache's format.
 *
 * <p>An entry is a file: 8 bytes magic, format version (int), key (32 bytes), CRC-32C of the binary
 * (int), binary. It is written to a temporary file and renamed, so that a reader sees all of it or
 * none. Whatever is wrong with an entry or the directory, it is a miss and never an error.
 */
public final class ProgramCache {
  /** System property that names the directory; "none" turns the cache off. */
  public static final String DIRECTORY_PROPERTY = "loupe.cache.dir";

  private static final byte[] MAGIC = "LOUPECLB".getBytes(StandardCharsets.US_ASCII);
  private static final int FORMAT = 2;
  private static final int KEY_BYTES = 32;
  private static final int HEADER_BYTES = MAGIC.length + Integer.BYTES + KEY_BYTES + Integer.BYTES;
  private static final String SUFFIX = ".clbin";
  private static final long DEFAULT_CAP = 256L << 20;

  private final Path directory;
  private final long capBytes;

  /**
   * @param directory where the entries lie; made when first written to
   * @param capBytes size of all entries above which the oldest are deleted
   */
  ProgramCache(Path directory, long capBytes) {
    this.directory = directory;
    this.capBytes = capBytes;
  }

  /** No cache: every program is built from source. */
  public static ProgramCache none() {
    return new ProgramCache(null, 0);
  }

  /** A cache in a directory of the caller's choice. */
  public static ProgramCache in(Path directory) {
    return new ProgramCache(directory, DEFAULT_CAP);
  }

  /**
   * The cache of this user: in the directory of {@link #DIRECTORY_PROPERTY}, else
   * $XDG_CACHE_HOME/loupe, else ~/.cache/loupe.
   */
  public static ProgramCache standard() {
    String named = System.getProperty(DIRECTORY_PROPERTY);
    if ("none".equals(named)) {
      return none();
    }
    try {
      if (named != null && !named.isBlank()) {
        return in(Path.of(named));
      }
      String xdg = System.getenv("XDG_CACHE_HOME");
      Path home =
          xdg == null || xdg.isBlank()
              ? Path.of(System.getProperty("user.home", "."), ".cache")
              : Path.of(xdg);
      return in(home.resolve("loupe"));
    } catch (InvalidPathException e) {
      return none();
    }
  }

  /** Where the entries lie; null where there is no cache. */
  Path directory() {
    return directory;
  }

  boolean isEnabled() {
    return directory != null;
  }

  /** The key of a build, 64 hexadecimal digits. */
  static String key(Device device, String source) {
    MessageDigest hash = sha256();
    for (String part :
        List.of(
            Integer.toString(FORMAT),
            device.platform().name(),
            device.platform().version(),
            device.name(),
            device.versions().openCl(),
            device.versions().driver(),
            source)) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      // The length keeps ("ab", "c") apart from ("a", "bc").
      hash.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
      hash.update(bytes);
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  /** Whether there is an entry under a key, good or damaged. */
  boolean holds(String key) {
    return isEnabled() && Files.exists(file(key));
  }

  /** The binary under a key, or null. */
  byte[] read(String key) {
    if (!isEnabled()) {
      return null;
    }
    Path file = file(key);
    try {
      byte[] entry = Files.readAllBytes(file);
      if (entry.length <= HEADER_BYTES) {
        return null;
      }
      byte[] binary = Arrays.copyOfRange(entry, HEADER_BYTES, entry.length);
      if (!Arrays.equals(header(key, binary), Arrays.copyOf(entry, HEADER_BYTES))) {
        return null;
      }
      touch(file);
      return binary;
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** The time of last use decides what is deleted first; in somebody else's cache it stays. */
  private static void touch(Path file) {
    try {
      Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
    } catch (IOException e) {
      return;
    }
  }

  /** Whether entries can be kept; makes the directory where there is none. */
  boolean isWritable() {
    try {
      return isEnabled() && Files.isWritable(Files.createDirectories(directory));
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** Keeps a binary; null is not kept. */
  void write(String key, byte[] binary) {
    if (binary == null || !isWritable()) {
      return;
    }
    try {
      AtomicFile.write(
          file(key),
          out -> {
            out.write(header(key, binary));
            out.write(binary);
          });
      trim();
    } catch (IOException | RuntimeException e) {
      // A full disk costs a rebuild, of what is compiled ahead at once, nothing else.
      return;
    }
  }

  private void trim() throws IOException {
    List<Path> entries;
    try (Stream<Path> files = Files.list(directory)) {
      entries = files.filter(f -> f.toString().endsWith(SUFFIX)).toList();
    }
    long total = 0;
    for (Path entry : entries) {
      total += Files.size(entry);
    }
    if (total <= capBytes) {
      return;
    }
    for (Path entry :
        entries.stream().sorted(Comparator.comparingLong(ProgramCache::lastUse)).toList()) {
      if (total <= capBytes) {
        return;
      }
      total -= Files.size(entry);
      Files.deleteIfExists(entry);
    }
  }

  private static long lastUse(Path entry) {
    try {
      return Files.getLastModifiedTime(entry).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }

  private static byte[] header(String key, byte[] binary) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .put(MAGIC)
        .putInt(FORMAT)
        .put(HexFormat.of().parseHex(key))
        .putInt(checksum(binary))
        .array();
  }

  /**
   * Damage is what it must tell, and Java has machine code for it from the first call on; SHA-256
   * of FSRCNN's binaries, run by the interpreter, took 13 ms of each start.
   */
  private static int checksum(byte[] binary) {
    CRC32C sum = new CRC32C();
    sum.update(binary);
    return (int) sum.getValue();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private Path file(String key) {
    return directory.resolve(key + SUFFIX);
  }
}
