package dev.loupe.opencl;

import dev.loupe.file.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The notes of what was found out of a device and its driver and need not be found out again: small
 * files in the directory of the {@link ProgramCache}, empty where the finding says it all. A note
 * that cannot be read is no note and never an error; without a cache there are none.
 */
public final class DeviceNotes {
  private static final String SUFFIX = ".note";

  private final Path directory;

  private DeviceNotes(Path directory) {
    this.directory = directory;
  }

  /** The notes of this user, where {@link ProgramCache#standard()} keeps its entries. */
  public static DeviceNotes standard() {
    return new DeviceNotes(ProgramCache.standard().directory());
  }

  /** Whether {@code finding} was noted of this device with this driver. */
  public boolean has(Device device, String finding) {
    return directory != null && Files.exists(file(device, finding));
  }

  /** Notes {@code finding} of this device with this driver. */
  public void add(Device device, String finding) {
    if (directory == null) {
      return;
    }
    try {
      Files.createDirectories(directory);
      Files.createFile(file(device, finding));
    } catch (IOException | RuntimeException e) {
      // Noted by another process meanwhile, or a full or read-only disk: found out again next time.
      return;
    }
  }

  /** What was noted of this device with this driver under {@code finding}. */
  public Optional<String> text(Device device, String finding) {
    try {
      return directory == null
          ? Optional.empty()
          : Optional.of(Files.readString(file(device, finding)));
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * Notes {@code text} under {@code finding}, in place of what was noted before; a reader sees all
   * of it or the old note.
   *
   * @return the file
   * @throws UncheckedIOException if it cannot be written
   */
  public Path write(Device device, String finding, String text) {
    if (directory == null) {
      throw new UncheckedIOException(
          "nothing can be kept: -D%s is none".formatted(ProgramCache.DIRECTORY_PROPERTY),
          new IOException("no directory"));
    }
    Path file = file(device, finding);
    try {
      Files.createDirectories(directory);
      AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private Path file(Device device, String finding) {
    return directory.resolve(ProgramCache.key(device, finding) + SUFFIX);
  }
}
