package dev.loupe.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A file that appears whole or not at all: written beside its place, forced to disk, renamed. */
public final class AtomicFile {
  /** Parts that are being written; Ctrl-C ends Java without running any finally block. */
  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  static {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(AtomicFile::deleteUnfinished));
    } catch (IllegalStateException e) {
      // Java is ending already, as when training saves upon Ctrl-C, and waits for who writes now.
    }
  }

  private AtomicFile() {}

  /** Deletes the parts of files that are not whole yet; false if one cannot be deleted. */
  static boolean deleteUnfinished() {
    boolean deleted = true;
    for (Path part : UNFINISHED) {
      deleted = part.toFile().delete() && deleted; // one that cannot go must not keep the next
    }
    return deleted;
  }

  /** What writes the content. */
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** What makes a file that it goes back and forth in. */
  interface Maker {
    /** Makes {@code part}, which is not there yet. */
    void make(Path part) throws IOException;
  }

  /** Writes or replaces a file; a link's goal is replaced, not the link. */
  public static void write(Path file, Content content) throws IOException {
    make(
        file,
        part -> {
          try (OutputStream out =
              new BufferedOutputStream(
                  Files.newOutputStream(
                      part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                  1 << 16)) {
            content.writeTo(out);
          }
        });
  }

  /** As {@link #write}. */
  static void make(Path file, Maker maker) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    // Not createTempFile, which makes files that only their owner may read.
    Path part = target.resolveSibling(".loupe-" + UUID.randomUUID() + ".part");
    boolean done = false;
    UNFINISHED.add(part);
    try {
      maker.make(part);
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      move(part, target);
      done = true;
    } finally {
      if (!done) {
        Files.deleteIfExists(part);
      }
      UNFINISHED.remove(part);
    }
  }

  private static void move(Path part, Path target) throws IOException {
    try {
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
