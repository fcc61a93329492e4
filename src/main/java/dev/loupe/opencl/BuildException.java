package dev.loupe.opencl;

/** A program that the device's compiler refused: its name, the options and the build log. */
public final class BuildException extends ClException {
  private static final long serialVersionUID = 1L;

  private final String program;
  private final String options;
  private final String log;

  BuildException(String program, String options, String log, int code) {
    super(
        "program %s does not build with options \"%s\": %s (%d)%n%s"
            .formatted(program, options, ClStatus.name(code), code, log),
        code,
        null);
    this.program = program;
    this.options = options;
    this.log = log;
  }

  /** Name of the program. */
  public String program() {
    return program;
  }

  /** The compiler options, defines included. */
  public String options() {
    return options;
  }

  /** What the compiler wrote. */
  public String log() {
    return log;
  }
}
