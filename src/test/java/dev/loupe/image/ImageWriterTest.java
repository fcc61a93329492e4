package dev.loupe.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that cannot be written, and what is left behind then: nothing. */
class ImageWriterTest {
  @TempDir Path dir;

  private static String failure(Image image, Path file) {
    return assertThrows(ImageException.class, () -> ImageWriter.write(image, file)).getMessage();
  }

  private List<Path> content() throws IOException {
    try (var files = Files.list(dir)) {
      return files.toList();
    }
  }

  @Test
  void refusalsNameTheFix() throws IOException {
    Image image = Pictures.noise(3, 3, 3, 8);
    assertTrue(failure(image, dir.resolve("a.xyz")).contains("use .png"));
    assertTrue(failure(image, dir.resolve("png")).contains("no file extension"));
    assertTrue(failure(image, dir.resolve("no/such/a.png")).contains("create it"));
    assertTrue(failure(Pictures.noise(3, 3, 4, 8), dir.resolve("a.jpg")).contains("use .png"));
    assertTrue(failure(Image.allocate(65_501, 1, 1, 8), dir.resolve("a.jpg")).contains("65501"));
    assertEquals(List.of(), content());
    Files.createDirectory(dir.resolve("d.png"));
    assertTrue(failure(image, dir.resolve("d.png")).contains("is a directory"));
  }

  @Test
  void directoryWithoutRights() throws IOException {
    Path locked = Files.createDirectory(dir.resolve("locked"));
    assertTrue(locked.toFile().setWritable(false, false));
    assumeFalse(Files.isWritable(locked), "this user writes everywhere");
    assertTrue(
        failure(Pictures.noise(2, 2, 1, 8), locked.resolve("a.png")).contains("no permission"));
  }

  @Test
  void failureLeavesTheOldFileAndNoOther() throws IOException {
    Path file = Files.writeString(dir.resolve("a.png"), "old");
    assertThrows(
        IOException.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IOException("disk full");
                }));
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), content());
  }

  @Test
  void successReplacesTheOldFileBehindALink() throws IOException {
    Path file = Files.writeString(dir.resolve("a.png"), "old");
    Path link = Files.createSymbolicLink(dir.resolve("link.png"), file);
    Image image = Pictures.noise(3, 2, 2, 16);
    ImageWriter.write(image, link);
    assertTrue(Files.isSymbolicLink(link));
    Pictures.assertSamePixels(image, ImageReader.read(file));
    assertEquals(2, content().size());
  }

  @Test
  void sameBytesEveryTime() throws IOException {
    Image image = Pictures.waves(700, 900, 3, 8);
    ImageWriter.write(image, dir.resolve("a.png"));
    ImageWriter.write(image, dir.resolve("b.png"));
    assertArrayEquals(
        Files.readAllBytes(dir.resolve("a.png")), Files.readAllBytes(dir.resolve("b.png")));
  }
}
