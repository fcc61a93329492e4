package dev.loupe.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import dev.loupe.guided.MemoryLimit;
import dev.loupe.guided.PatchCount;
import dev.loupe.op.Precision;
import dev.loupe.weights.Variant;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line {@code loupe}: picks the subcommand and turns every outcome into an exit code.
 */
@Command(
    name = "loupe",
    description = "Upscales pictures on any OpenCL device, refining where it is worth it.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", LoupeCommand.EXIT_CODES, ""})
public final class Main {
  /** Done. */
  public static final int DONE = 0;

  /** Failed while running. */
  public static final int FAILED = 1;

  /** Bad usage or input. */
  public static final int BAD_USAGE = 2;

  private static final List<Class<?>> COMMANDS =
      List.of(
          UpscaleCommand.class,
          DevicesCommand.class,
          ModelsCommand.class,
          VerifyCommand.class,
          DoctorCommand.class,
          BenchCommand.class,
          TuneCommand.class,
          EvaluateCommand.class,
          ComplexityCommand.class,
          ImportCommand.class,
          ExportCommand.class,
          TrainCommand.class,
          HelpCommand.class);

  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  private Main() {}

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    if (System.getProperty(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, isDebug(arguments) ? "debug" : "error");
    }
    int exitCode = run(writer(System.out), writer(System.err), arguments);
    System.exit(exitCode);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  /**
   * Runs the command line without ending the process.
   *
   * @param out results
   * @param err progress and errors
   * @return the exit code: {@link #DONE}, {@link #FAILED} or {@link #BAD_USAGE}
   */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = new CommandLine(new Main());
    for (Class<?> command : commands(arguments)) {
      line.addSubcommand(command);
    }
    line.setOut(out).setErr(err);
    line.setExpandAtFiles(false); // @picture.png is a picture
    line.registerConverter(PatchCount.class, new Checked<>(PatchCount::parse));
    line.registerConverter(MemoryLimit.class, new Checked<>(MemoryLimit::parse));
    line.registerConverter(Variant.class, new Checked<>(Variant::of));
    line.registerConverter(Precision.class, new Checked<>(Precision::of));
    line.registerConverter(FrameSize.class, new Checked<>(FrameSize::parse));
    line.setParameterExceptionHandler(new Reporter());
    line.setExecutionExceptionHandler(new Reporter());
    CountDownLatch told = new CountDownLatch(1);
    for (CommandLine subcommand : line.getSubcommands().values()) {
      if (subcommand.getCommand() instanceof LoupeCommand command) {
        command.opensWhenTold(told);
      }
    }
    try {
      int exitCode = line.execute(arguments);
      return exitCode == DONE && out.checkError() ? unwritten(err) : exitCode;
    } catch (OutOfMemoryError | LinkageError e) { // picocli hands on exceptions alone
      return report(e, line, Arrays.asList(arguments));
    } finally {
      out.flush();
      err.flush();
      told.countDown();
    }
  }

  /** What stdout would not take, such as for a full disk: a script must not miss it. */
  private static int unwritten(PrintWriter err) {
    err.println(
        "loupe: standard output cannot be written to; is its disk full, or its reader gone?");
    return FAILED;
  }

  /** All commands, or the one that is run, where reading the options of all would be felt. */
  private static List<Class<?>> commands(String... arguments) {
    boolean upscale = arguments.length > 0 && arguments[0].equals("upscale");
    return upscale ? List.of(UpscaleCommand.class) : COMMANDS;
  }

  /**
   * A parser whose message of a refused value is for the user as it is, not "cannot convert". (No
   * lambda: an archive of classes cannot hold one of picocli's types, which are of Java 5.)
   */
  private record Checked<T>(Function<String, T> parser) implements ITypeConverter<T> {
    @Override
    public T convert(String text) {
      try {
        return parser.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** What becomes of exceptions. (No lambda, as above.) */
  private static final class Reporter
      implements IParameterExceptionHandler, IExecutionExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
      return report(e, e.getCommandLine(), Arrays.asList(arguments));
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
      return report(e, command, parsed.originalArgs());
    }
  }

  /** One line on stderr, or one JSON object on stdout where --json was asked for. */
  private static int report(Throwable e, CommandLine command, List<String> arguments) {
    Failure failure = Failure.of(unknownCommand(e).orElse(e));
    String hint =
        e instanceof ParameterException
            ? " (see '%s --help')".formatted(command.getCommandSpec().qualifiedName())
            : "";
    if (arguments.contains("--json")) {
      command.getOut().println(json(Map.of("error", failure.message())));
    } else {
      command.getErr().println("loupe: " + failure.message() + hint);
    }
    if (isDebug(arguments.toArray(String[]::new))) {
      e.printStackTrace(command.getErr());
    }
    return failure.exitCode();
  }

  /** What picocli calls unmatched where a command's name stands. */
  private static Optional<Throwable> unknownCommand(Throwable e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)
        || unmatched.isUnknownOption()
        || unmatched.getCommandLine().getParent() != null) {
      return Optional.empty();
    }
    String name = unmatched.getUnmatched().get(0);
    Set<String> known = unmatched.getCommandLine().getSubcommands().keySet();
    return Optional.of(
        new IllegalArgumentException(
            "unknown command '%s'; known are %s".formatted(name, String.join(", ", known))));
  }

  /** Whether stack traces and logs are wanted: --debug, or LOUPE_DEBUG in the environment. */
  static boolean isDebug(String... arguments) {
    String variable = System.getenv("LOUPE_DEBUG");
    return Arrays.asList(arguments).contains("--debug")
        || (variable != null && !variable.isEmpty() && !variable.equals("0"));
  }

  /** The text of a JSON object. */
  static String json(Map<String, ?> object) {
    try {
      return JSON.std
          .with(JSON.Feature.PRETTY_PRINT_OUTPUT, JSON.Feature.WRITE_NULL_PROPERTIES)
          .asString(object);
    } catch (IOException e) {
      throw new IllegalStateException("no JSON form of " + object, e);
    }
  }

  /** A number for JSON, which has no infinity: null then, as for the PSNR of equal pictures. */
  static Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"loupe " + (version == null ? "(not packaged)" : version)};
    }
  }
}
