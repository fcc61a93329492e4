package dev.loupe.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A folder's hold by one run: a lock of the operating system on a hidden file in it, which ends
 * with the process however that ends. The file stays, as two runs could hold it were it deleted.
 */
public final class FolderLock implements AutoCloseable {
  private static final String NAME = ".loupe.lock";

  /** Folders that this process has: the system's locks keep only processes apart. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final FileChannel channel;

  private FolderLock(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Takes the hold of {@code folder}; empty if another run has it.
   *
   * @throws IOException if nothing can be written, or locked, there
   */
  public static Optional<FolderLock> take(Path folder) throws IOException {
    Path real = folder.toRealPath();
    if (!HELD.add(real)) {
      return Optional.empty();
    }
    Optional<FolderLock> lock = Optional.empty();
    try {
      lock = locked(real);
    } finally {
      if (lock.isEmpty()) {
        HELD.remove(real);
      }
    }
    return lock;
  }

  private static Optional<FolderLock> locked(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean isTaken = false;
    try {
      isTaken = channel.tryLock() != null;
    } finally {
      if (!isTaken) {
        channel.close();
      }
    }
    return isTaken ? Optional.of(new FolderLock(folder, channel)) : Optional.empty();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The lock ends with the process at the latest.
    }
    HELD.remove(folder);
  }
}
