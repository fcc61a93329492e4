package dev.loupe.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The notes of what was found out of a device and its driver and need not be found out again: empty
 * files in the directory of the {@link ProgramCache}. A note that cannot be written or read is no
 * note and never an error; without a cache there are none.
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

  private Path file(Device device, String finding) {
    return directory.resolve(ProgramCache.key(device, finding, "") + SUFFIX);
  }
}
