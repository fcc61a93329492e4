package dev.loupe.opencl;

/** A program that the device's compiler refused: its name and the build log. */
public final class BuildException extends ClException {
  private static final long serialVersionUID = 1L;

  BuildException(String program, String log, int code) {
    super(
        "program %s does not build: %s (%d)%n%s".formatted(program, ClStatus.name(code), code, log),
        code,
        null);
  }
}
