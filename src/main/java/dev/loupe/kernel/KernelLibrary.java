package dev.loupe.kernel;

import dev.loupe.opencl.BuildException;
import dev.loupe.opencl.BuildListener;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.Kernel;
import dev.loupe.opencl.Program;
import dev.loupe.opencl.ProgramSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The specialised programs of one context: each (file, defines) is built once and closed here. */
public final class KernelLibrary implements AutoCloseable {
  private final Context context;
  private final Tuning tuning;
  private final Map<SpecialisedFile, Program> programs = new HashMap<>();
  private KernelLibrary withoutWinograd;
  private BuildListener listener = BuildListener.NONE;
  private Supplier<Set<SpecialisedFile>> forecast;

  /** A library that builds for {@code context}'s device with its tuned tile sizes. */
  public KernelLibrary(Context context) {
    this(context, Tuning.of(context.device()));
  }

  /** A library with given tile sizes: for tests and the tuner. */
  public KernelLibrary(Context context, Tuning tuning) {
    this.context = context;
    this.tuning = tuning;
  }

  /** The context that owns the programs. */
  public Context context() {
    return context;
  }

  /**
   * The same device without Winograd convolutions, whose filters take four times the memory; closed
   * with this library.
   */
  public KernelLibrary withoutWinograd() {
    if (withoutWinograd == null) {
      withoutWinograd = new KernelLibrary(context, tuning.withoutWinograd());
      withoutWinograd.listener = listener;
    }
    return withoutWinograd;
  }

  /** Tile sizes for this device. */
  public Tuning tuning() {
    return tuning;
  }

  /** Programs built so far, those without Winograd included. */
  public int size() {
    return programs.size() + (withoutWinograd == null ? 0 : withoutWinograd.size());
  }

  /** The programs built so far. */
  public Set<SpecialisedFile> files() {
    return Set.copyOf(programs.keySet());
  }

  /** Makes {@code newListener} hear how far the compiling ahead of a graph's programs is. */
  public void listen(BuildListener newListener) {
    listener = newListener;
    if (withoutWinograd != null) {
      withoutWinograd.listen(newListener);
    }
  }

  /**
   * Foretells the programs that the next calls of {@link #kernel} ask for. It is asked once, when
   * the first of them is not in the cache; then all that are missing are compiled side by side.
   */
  public void expect(Supplier<Set<SpecialisedFile>> programsToCome) {
    forecast = programsToCome;
  }

  /**
   * A new kernel object of {@code kernels/<file>} specialised by {@code defines}; the caller owns
   * it.
   *
   * @throws dev.loupe.opencl.BuildException if the file does not compile
   */
  public Kernel kernel(String file, String entry, Defines defines) {
    SpecialisedFile wanted = new SpecialisedFile(file, defines.text());
    Program program = programs.get(wanted);
    if (program == null) {
      ProgramSource source = wanted.source();
      if (forecast != null && context.isMissing(source)) {
        compileAhead();
      }
      program = context.build(source);
      programs.put(wanted, program);
    }
    return program.kernel(entry);
  }

  /**
   * Whether the device runs the kernel of {@link #kernel} in groups of {@code items}. Drivers tell
   * once it is compiled, or do not compile it.
   */
  public boolean runs(String file, String entry, Defines defines, long items) {
    try (Kernel kernel = kernel(file, entry, defines)) {
      return kernel.runsInGroupsOf(items);
    } catch (BuildException e) {
      if (items == 1) {
        throw e;
      }
      return false;
    }
  }

  private void compileAhead() {
    Set<SpecialisedFile> coming = forecast.get();
    forecast = null;
    List<ProgramSource> missing =
        coming.stream()
            .filter(file -> !programs.containsKey(file))
            .map(SpecialisedFile::source)
            .filter(context::isMissing)
            .toList();
    context.compile(missing, listener);
  }

  @Override
  public void close() {
    if (withoutWinograd != null) {
      withoutWinograd.close();
    }
    programs.values().forEach(Program::close);
    programs.clear();
  }
}
