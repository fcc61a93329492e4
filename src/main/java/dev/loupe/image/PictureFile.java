package dev.loupe.image;

import dev.loupe.file.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A picture's file: whole or not there at all, and nothing beside it when Ctrl-C ends Java, which
 * runs no finally block, in the seconds that a large picture takes.
 */
final class PictureFile {
  private static final Set<Path> UNFINISHED = ConcurrentHashMap.newKeySet();

  static {
    try {
      Runtime.getRuntime().addShutdownHook(new Thread(PictureFile::deleteUnfinished));
    } catch (IllegalStateException e) {
      // Java is ending already.
    }
  }

  private PictureFile() {}

  /** Deletes the parts of files that are not whole yet; false if one cannot be deleted. */
  static boolean deleteUnfinished() {
    boolean deleted = true;
    for (Path part : UNFINISHED) {
      deleted = isDeleted(part) && deleted; // one that cannot go must not keep the next
    }
    return deleted;
  }

  private static boolean isDeleted(Path part) {
    try {
      return Files.deleteIfExists(part);
    } catch (IOException | RuntimeException e) { // its file system may be closed by now
      return false;
    }
  }

  /** As {@link AtomicFile#write}. */
  static void write(Path file, AtomicFile.Content content) throws IOException {
    make(file, part -> AtomicFile.create(part, content));
  }

  /** As {@link AtomicFile#make}. */
  static void make(Path file, AtomicFile.Maker maker) throws IOException {
    List<Path> parts = new ArrayList<>(1);
    try {
      AtomicFile.make(
          file,
          part -> {
            parts.add(part);
            UNFINISHED.add(part);
            maker.make(part);
          });
    } finally {
      UNFINISHED.removeAll(parts);
    }
  }
}
