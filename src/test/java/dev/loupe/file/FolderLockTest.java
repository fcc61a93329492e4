package dev.loupe.file;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of a folder's hold within one process; between two: TrainCommandTest. */
class FolderLockTest {
  @TempDir Path folder;

  @Test
  void oneHasItUntilItLetsGo() throws IOException {
    FolderLock first = FolderLock.take(folder).orElseThrow();
    assertTrue(FolderLock.take(folder.resolve(".")).isEmpty(), "by another name");
    first.close();
    FolderLock second = FolderLock.take(folder).orElseThrow();
    assertTrue(FolderLock.take(folder).isEmpty());
    second.close();
  }

  @Test
  void whatCannotBeTakenIsNotHeld() throws IOException {
    Path none = folder.resolve("none");
    assertThrows(IOException.class, () -> FolderLock.take(none));
    Files.createDirectory(none);
    FolderLock.take(none).orElseThrow().close();
  }
}
