package dev.loupe.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Standard input and output where a picture's file is asked for, named "-" as by other tools.
 *
 * <p>A file of this process stands in for each: pictures are read more than once and, when they are
 * written, back and forth. It goes when the process ends.
 */
final class Pipe {
  static final Path NAME = Path.of("-");

  private Pipe() {}

  /** A file with what comes from standard input. */
  static Path received() {
    Path file = standIn("standard-input");
    try {
      Files.copy(System.in, file);
    } catch (IOException e) {
      throw new UncheckedIOException("standard input cannot be read: " + e.getMessage(), e);
    }
    return file;
  }

  /** The name of a file, not there yet, for what is to go to standard output. */
  static Path toSend(String format) {
    return standIn("standard-output." + format);
  }

  /** Sends a file to standard output. */
  static void send(Path file) {
    try {
      Files.copy(file, System.out);
    } catch (IOException e) {
      throw new UncheckedIOException("the result cannot be read back: " + e.getMessage(), e);
    }
    if (System.out.checkError()) { // it throws nothing
      throw new IllegalStateException(
          "standard output did not take all of it; is its disk full, or its reader gone?");
    }
  }

  private static Path standIn(String name) {
    try {
      Path folder = Files.createTempDirectory("loupe-");
      Path file = folder.resolve(name);
      folder.toFile().deleteOnExit(); // in the opposite order: first the file
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no temporary file can be made: %s; free space or name files".formatted(e.getMessage()),
          e);
    }
  }
}
