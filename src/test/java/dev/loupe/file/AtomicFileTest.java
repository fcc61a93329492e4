package dev.loupe.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told where a file cannot be written, and what is left then. */
class AtomicFileTest {
  @TempDir Path folder;

  private IOException failure(IOException cause) throws IOException {
    Path file = folder.resolve("a.txt");
    IOException told =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.make(
                    file,
                    part -> {
                      Files.createFile(part);
                      throw cause;
                    }));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
    return told;
  }

  @Test
  void theReasonIsToldNotThePart() throws IOException {
    assertEquals(
        "no permission to write in its directory",
        failure(new AccessDeniedException("x.part")).getMessage());
    IOException readOnly = new FileSystemException("x.part", null, "Read-only file system");
    assertEquals("Read-only file system", failure(readOnly).getMessage());
    Path nowhere = folder.resolve("none/a.txt");
    IOException noFolder =
        assertThrows(IOException.class, () -> AtomicFile.write(nowhere, out -> out.write(1)));
    assertEquals("its directory is not there", noFolder.getMessage());
  }

  @Test
  void partsThatAKilledRunLeftAreDeleted() throws IOException {
    AtomicFile.write(folder.resolve("a.txt"), out -> out.write(1));
    Files.createFile(folder.resolve(".loupe-0.part"));
    Files.createFile(folder.resolve("b.part"));
    AtomicFile.deleteParts(folder);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("a.txt", "b.part"), files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void anotherErrorIsToldAsItIs() throws IOException {
    IOException full = new IOException("No space left on device");
    assertEquals(full, failure(full));
  }
}
