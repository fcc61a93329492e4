package dev.loupe.cli;

import dev.loupe.image.ImageException;
import dev.loupe.opencl.ClUnavailableException;
import dev.loupe.opencl.OutOfDeviceMemoryException;
import dev.loupe.weights.WeightsException;
import picocli.CommandLine.ParameterException;

/**
 * What a thrown error means to the user.
 *
 * @param exitCode {@link Main#FAILED} or {@link Main#BAD_USAGE}
 * @param message one line: the thing, its value, the fix
 */
record Failure(int exitCode, String message) {
  static Failure of(Throwable error) {
    if (error instanceof ImageException
        || error instanceof WeightsException
        || error instanceof ParameterException
        || error instanceof IllegalArgumentException) {
      return new Failure(Main.BAD_USAGE, oneLine(text(error)));
    }
    return new Failure(Main.FAILED, oneLine(whileRunning(error)));
  }

  /** Of two exit codes the one that outweighs the other: a failure does bad input. */
  static int graver(int one, int other) {
    return one == Main.FAILED || other == Main.FAILED ? Main.FAILED : Math.max(one, other);
  }

  private static String whileRunning(Throwable error) {
    if (error instanceof ClUnavailableException) {
      return text(error)
          + " './loupe' installs one where it may; '-d java' needs none but is slow.";
    }
    if (error instanceof OutOfDeviceMemoryException lack) {
      return "%s; allow %s (--memory), or take a smaller picture, another device (-d) or '-d java'"
          .formatted(text(error), lack.isRefused() ? "less" : "more, where the device has it");
    }
    if (error instanceof OutOfMemoryError) {
      return "Java has too little memory (%d MB); set LOUPE_JAVA_OPTS=-Xmx8g or take a smaller picture"
          .formatted(Runtime.getRuntime().maxMemory() >> 20);
    }
    if (error instanceof LinkageError) {
      return "a class or library is missing (%s: %s); install it, or a complete Java 17"
          .formatted(error.getClass().getSimpleName(), text(error));
    }
    return text(error);
  }

  private static String text(Throwable error) {
    boolean isTold = error.getMessage() != null && !error.getMessage().isBlank();
    return isTold ? error.getMessage() : error.getClass().getSimpleName();
  }

  private static String oneLine(String message) {
    return LoupeCommand.shown(message.strip().replaceAll("\\s*\\R\\s*", "; "));
  }
}
