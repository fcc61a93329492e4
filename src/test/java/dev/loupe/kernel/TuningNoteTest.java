package dev.loupe.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.opencl.Device;
import dev.loupe.opencl.NullBinding;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@link TuningNote}. */
class TuningNoteTest {
  @TempDir private Path folder;

  private final String before = System.getProperty(ProgramCache.DIRECTORY_PROPERTY);
  private final Device device = OpenCl.of(new NullBinding()).select(null);
  private final Tuning row = Tuning.forClass("gpu");

  @BeforeEach
  void useTheFolder() {
    System.setProperty(ProgramCache.DIRECTORY_PROPERTY, folder.toString());
  }

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(ProgramCache.DIRECTORY_PROPERTY);
    } else {
      System.setProperty(ProgramCache.DIRECTORY_PROPERTY, before);
    }
  }

  @Test
  void whatIsKeptIsUsed() throws IOException {
    assertEquals(Optional.empty(), TuningNote.read(device, row));
    assertEquals(row, Tuning.of(device));
    Tuning tuned = row.with("tile.rows", 4).with("workGroup", 128);
    Path file = TuningNote.write(device, tuned);
    assertEquals(tuned, Tuning.of(device));
    assertEquals(row, Tuning.untuned(device));
    String text = Files.readString(file);
    assertTrue(text.contains(device.name()) && text.contains("\"tile.rows\" : 4"), text);
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void anotherClassHasANoteOfItsOwn() {
    TuningNote.write(device, row.with("tile.rows", 4));
    assertEquals(Optional.empty(), TuningNote.read(device, Tuning.forClass("cpu-16")));
  }

  @Test
  void aSpoiltNoteIsNoNote() throws IOException {
    Path file = TuningNote.write(device, row);
    for (String text :
        new String[] {
          "",
          "{",
          "{}",
          "{\"parameters\":{\"lanes\":3}}",
          "{\"parameters\":{\"tile.rows\":0}}",
          "{\"parameters\":{\"tile.rows\":\"many\"}}",
          "{\"parameters\":{\"wings\":2}}"
        }) {
      Files.writeString(file, text);
      assertEquals(row, Tuning.of(device), text);
    }
  }

  @Test
  void withoutADirectoryNothingIsKept() {
    System.setProperty(ProgramCache.DIRECTORY_PROPERTY, "none");
    assertEquals(row, Tuning.of(device));
    String message =
        assertThrows(UncheckedIOException.class, () -> TuningNote.write(device, row)).getMessage();
    assertTrue(message.contains(ProgramCache.DIRECTORY_PROPERTY), message);
  }
}
