package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that appear whole or not at all, also when the process is told to end. */
class PictureFileTest {
  @TempDir Path folder;

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void theEndOfTheProcessLeavesNoPart() {
    Path file = folder.resolve("picture");
    assertThrows(
        IOException.class,
        () ->
            PictureFile.write(
                file,
                out -> {
                  out.write(new byte[1 << 17]);
                  assertEquals(1, files().size());
                  PictureFile.deleteUnfinished(); // the shutdown hook
                  assertEquals(List.of(), files());
                }));
  }

  @Test
  void aWholeFileStays() throws IOException {
    Path file = folder.resolve("picture");
    PictureFile.write(file, out -> out.write(7));
    PictureFile.deleteUnfinished();
    assertEquals(List.of(file), files());
  }
}
