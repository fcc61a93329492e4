package dev.loupe.kernel;

import dev.loupe.opencl.Context;
import dev.loupe.opencl.Kernel;
import dev.loupe.opencl.Program;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The specialised programs of one context: each (file, defines) is built once and closed here. */
public final class KernelLibrary implements AutoCloseable {
  private final Context context;
  private final Tuning tuning;
  private final Map<String, Program> programs = new HashMap<>();
  private KernelLibrary direct;

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
  public KernelLibrary direct() {
    if (direct == null) {
      direct = new KernelLibrary(context, tuning.withoutWinograd());
    }
    return direct;
  }

  /** Tile sizes for this device. */
  public Tuning tuning() {
    return tuning;
  }

  /** Programs built so far. */
  public int size() {
    return programs.size();
  }

  /** What each program was built from: the name of its kernel file, then a define a line. */
  public List<String> specialisations() {
    return programs.keySet().stream().sorted().toList();
  }

  /**
   * A new kernel object of {@code kernels/<file>} specialised by {@code defines}; the caller owns
   * it.
   *
   * @throws dev.loupe.opencl.BuildException if the file does not compile
   */
  public Kernel kernel(String file, String entry, Defines defines) {
    String text = defines.text();
    Program program =
        programs.computeIfAbsent(
            file + '\n' + text, key -> context.build(file, text + KernelSource.load(file), ""));
    return program.kernel(entry);
  }

  @Override
  public void close() {
    if (direct != null) {
      direct.close();
    }
    programs.values().forEach(Program::close);
    programs.clear();
  }
}
