package dev.loupe.cli;

import dev.loupe.file.RealPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A subcommand: it says its results to people, or hands them over as one JSON object. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    usageHelpWidth = 100,
    footer = {"", LoupeCommand.EXIT_CODES, ""})
abstract class LoupeCommand implements Callable<Integer> {
  static final String EXIT_CODES =
      "Exit codes: 0 done, 1 failed while running, 2 bad usage or input.";

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print one JSON object on stdout and nothing else there.")
  private boolean json;

  /** Read by Main from the raw arguments, too, so that it serves errors of parsing. */
  @Option(names = "--debug", description = "Show logs and stack traces (also: LOUPE_DEBUG=1).")
  private boolean debug;

  private CountDownLatch told = new CountDownLatch(0);

  /**
   * The result of a command.
   *
   * @param exitCode as {@link Main} names them
   * @param json what --json prints
   */
  record Outcome(int exitCode, Map<String, ?> json) {}

  /** Does the work, saying results with {@link #say} as they come. */
  abstract Outcome run();

  @Override
  public final Integer call() {
    Outcome outcome = run();
    if (json) {
      spec.commandLine().getOut().println(Main.json(outcome.json()));
    }
    return outcome.exitCode();
  }

  /** Takes the latch that opens when all is said of a run, errors too. */
  final void opensWhenTold(CountDownLatch latch) {
    told = latch;
  }

  /** Waits until all is said: for shutdown hooks, as Java ends when they have. */
  final void awaitTold() {
    try {
      told.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Checks before the work that a file can be written when it is done.
   *
   * @param file null for none
   * @throws IllegalArgumentException if the folder it goes to is not there, or something else than
   *     a file is in its place
   */
  static void requireTarget(String option, Path file) {
    if (file == null) {
      return;
    }
    requireFileName(option, file);
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "%s %s: is a folder or a device; name a file".formatted(option, file));
    }
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "%s %s: there is no such folder; create it first".formatted(option, file));
    }
  }

  /**
   * Refuses "-", which is standard output to upscale's -o alone and here would be a file's name.
   */
  static void requireFileName(String option, Path file) {
    if (file.equals(Pipe.NAME)) {
      throw new IllegalArgumentException(
          option + " -: only upscale's picture goes to standard output; name another");
    }
  }

  /**
   * Checks before the work that an output is none of the files it is made of, by whatever name.
   *
   * @param output null for none
   * @throws IllegalArgumentException if it would overwrite one
   */
  static void requireNoOverwrite(String option, Path output, Collection<Path> inputs) {
    if (output == null || !Files.exists(output)) {
      return;
    }
    Path real = RealPath.of(output);
    for (Path input : inputs) {
      if (RealPath.of(input).equals(real)) {
        throw new IllegalArgumentException(
            "%s %s: would overwrite the input %s; choose another place"
                .formatted(option, output, input));
      }
    }
  }

  /** Whether the command line has this option, rather than its default. */
  final boolean isGiven(String option) {
    return spec.commandLine().getParseResult().hasMatchedOption(option);
  }

  /** The bytes of a file just written. */
  static long bytesOf(Path written) {
    try {
      return Files.size(written);
    } catch (IOException e) {
      throw new IllegalStateException(written + ": cannot be read back: " + e.getMessage(), e);
    }
  }

  /** A line on stdout, for people: silent with --json. */
  final void say(String format, Object... arguments) {
    if (!json) {
      spec.commandLine().getOut().println(shown(String.format(Locale.ROOT, format, arguments)));
      spec.commandLine().getOut().flush();
    }
  }

  /** What is said from now on goes to stderr, as stdout is for the result itself. */
  final void sayOnStderr() {
    if (json) {
      throw new IllegalArgumentException("--json: stdout takes the picture; leave out --json");
    }
    spec.commandLine().setOut(spec.commandLine().getErr());
  }

  /** What a terminal shows of the present state, on stderr, written over by the next. */
  final void status(String format, Object... arguments) {
    spec.commandLine().getErr().print(String.format(Locale.ROOT, format, arguments));
    spec.commandLine().getErr().flush();
  }

  /** The stack trace of an error that does not end the command, if it is wanted. */
  final void trace(Throwable error) {
    if (debug || Main.isDebug()) {
      error.printStackTrace(spec.commandLine().getErr());
    }
  }

  /** A line on stderr. */
  final void warn(String format, Object... arguments) {
    String line = shown(String.format(Locale.ROOT, format, arguments));
    spec.commandLine().getErr().println("loupe: " + line);
  }

  /** Names come from files, and may hold what a terminal takes for a command. */
  static String shown(String line) {
    return line.replaceAll("[\\p{Cc}&&[^\n\t]]", "?");
  }
}
