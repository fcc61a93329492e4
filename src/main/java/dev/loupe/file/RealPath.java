package dev.loupe.file;

import java.io.IOException;
import java.nio.file.Path;

/** The one path of a file that has several names. */
public final class RealPath {
  private RealPath() {}

  /** That of {@code path}, links followed; of what is not there yet, by its folder's. */
  public static Path of(Path path) {
    Path absolute = path.toAbsolutePath();
    try {
      return absolute.toRealPath();
    } catch (IOException e) {
      Path goal = goal(absolute);
      Path folder = goal.getParent();
      // What stands before '..' may be a link: its goal must be known first.
      return folder == null ? goal : of(folder).resolve(goal.getFileName()).normalize();
    }
  }

  /** A circle of links is told of when it is written to. */
  private static Path goal(Path path) {
    try {
      return AtomicFile.goal(path);
    } catch (IOException e) {
      return path;
    }
  }
}
