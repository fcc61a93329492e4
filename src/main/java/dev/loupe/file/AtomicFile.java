package dev.loupe.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file that appears whole or not at all: written beside its place, forced to disk, renamed. */
public final class AtomicFile {
  private AtomicFile() {}

  /** What writes the content. */
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  private static final String PART_PREFIX = ".loupe-";
  private static final String PART_SUFFIX = ".part";

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  /** What makes a file that it goes back and forth in. */
  public interface Maker {
    /** Makes {@code part}, which is not there yet. */
    void make(Path part) throws IOException;
  }

  /** Writes or replaces a file; a link's goal is replaced, not the link. */
  public static void write(Path file, Content content) throws IOException {
    make(file, part -> create(part, content));
  }

  /** As {@link #write}. */
  public static void make(Path file, Maker maker) throws IOException {
    Path target = goal(file);
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      throw new IOException("it is a folder or a device, not a file");
    }
    // Not createTempFile, which makes files that only their owner may read.
    Path part = target.resolveSibling(PART_PREFIX + UUID.randomUUID() + PART_SUFFIX);
    try {
      maker.make(part);
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      move(part, target);
    } catch (IOException | RuntimeException | Error e) {
      delete(part, e);
      if (e instanceof FileSystemException failure) {
        IOException told = new IOException(reason(failure));
        told.addSuppressed(e);
        throw told;
      }
      throw e;
    }
  }

  /**
   * Deletes the parts that killed runs left in a folder.
   *
   * @param folder where no other run writes: a part of one that runs would go, too
   */
  public static void deleteParts(Path folder) throws IOException {
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(folder, PART_PREFIX + "*" + PART_SUFFIX)) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    }
  }

  /**
   * The file that writing to {@code file} makes: where links lead, even if nothing is there yet.
   *
   * @throws IOException if they lead in a circle, or cannot be read
   */
  public static Path goal(Path file) throws IOException {
    Path goal = file.toAbsolutePath();
    for (int i = 0; i < MOST_LINKS; i++) {
      if (Files.exists(goal)) {
        return goal.toRealPath();
      } else if (!Files.isSymbolicLink(goal)) {
        return goal;
      }
      goal = goal.resolveSibling(Files.readSymbolicLink(goal));
    }
    throw new IOException("it is a link that leads in a circle");
  }

  /** Java's own message would be the name of the part, and at times nothing else. */
  private static String reason(FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "no permission to write in its directory";
    }
    if (e instanceof NoSuchFileException) {
      return "its directory is not there";
    }
    return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
  }

  private static void delete(Path part, Throwable cause) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      cause.addSuppressed(e); // what went wrong first is what must be told
    }
  }

  /** Writes a file that is not there yet, in its place. */
  public static void create(Path file, Content content) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            1 << 16)) {
      content.writeTo(out);
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
