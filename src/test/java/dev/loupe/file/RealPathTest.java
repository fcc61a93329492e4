package dev.loupe.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names that one file may have. */
class RealPathTest {
  @TempDir Path given;

  private Path folder;

  @BeforeEach
  void aLinkIntoAFolderOfAFolder() throws IOException {
    folder = given.toRealPath();
    Files.createDirectories(folder.resolve("real/deep"));
    Files.createFile(folder.resolve("real/a.png"));
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("real/deep"));
  }

  /** The folder above a link's goal is not the one that the link stands in. */
  @Test
  void aFolderAboveALinkIsThatAboveItsGoal() {
    assertEquals(folder.resolve("real/a.png"), RealPath.of(folder.resolve("link/../a.png")));
    assertEquals(folder.resolve("real/new.png"), RealPath.of(folder.resolve("link/../new.png")));
    assertEquals(folder.resolve("real"), RealPath.of(folder.resolve("link/..")));
  }

  @Test
  void ofWhatIsNotThereYetTheFolderCounts() throws IOException {
    assertEquals(folder.resolve("real/deep/b"), RealPath.of(folder.resolve("link/b")));
    assertEquals(folder.resolve("real/x/b"), RealPath.of(folder.resolve("real/./x/y/../b")));
    Files.createSymbolicLink(folder.resolve("later"), folder.resolve("real/later.png"));
    assertEquals(folder.resolve("real/later.png"), RealPath.of(folder.resolve("later")));
  }
}
