package dev.loupe.opencl;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compiling of many programs on all processors, from source to the program cache: by a thread
 * each and, where the driver compiles no two programs at once in one process, by a {@link
 * CompilerProcess} for each thread but one.
 */
final class Compilation {
  private static final Logger LOG = LoggerFactory.getLogger(Compilation.class);

  /** LLVM recurses deeper than Java's 1 MB allows for long. */
  private static final long STACK_BYTES = 16 << 20;

  /** Programs that are worth another process: its start takes the time of one or two. */
  private static final int LEAST_PROGRAMS = 4;

  private final Context context;
  private final Path cache;
  private final List<ProgramSource> sources;
  private final BuildListener listener;
  private final AtomicInteger next = new AtomicInteger();
  private int done;
  private Throwable stopped;

  /**
   * @param cache where {@code context} keeps binaries
   */
  Compilation(Context context, Path cache, List<ProgramSource> sources, BuildListener listener) {
    this.context = context;
    this.cache = cache;
    // The longest first: mostly they take longest, and none of them should be the last.
    this.sources =
        sources.stream()
            .sorted(Comparator.comparingInt((ProgramSource source) -> -source.text().length()))
            .toList();
    this.listener = listener;
  }

  /**
   * Returns when every program is compiled or refused, or throws what the listener has thrown when
   * those that were begun are.
   */
  void run() {
    if (sources.isEmpty()) {
      return;
    }
    listener.built(0, sources.size());
    boolean processes = Quirks.locksProcess(context.device());
    int most = processes ? (sources.size() + LEAST_PROGRAMS - 1) / LEAST_PROGRAMS : sources.size();
    int count = Math.min(most, Runtime.getRuntime().availableProcessors());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Runnable compiler = processes && i > 0 ? this::compileOutside : this::compile;
      Thread thread = new Thread(null, compiler, "loupe-compile-" + i, STACK_BYTES);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      next.set(sources.size());
      Thread.currentThread().interrupt();
    }
    rethrow();
  }

  /** What the listener threw, to stop. */
  private synchronized void rethrow() {
    if (stopped instanceof RuntimeException e) {
      throw e;
    } else if (stopped instanceof Error e) {
      throw e;
    }
  }

  private void compile() {
    for (ProgramSource source = take(); source != null; source = take()) {
      compile(source);
    }
  }

  private void compileOutside() {
    ProgramSource source = take();
    try (CompilerProcess process = CompilerProcess.start(context.device(), cache)) {
      for (; source != null; source = take()) {
        report(source, process.compile(source));
      }
    } catch (IOException e) {
      LOG.debug("programs are compiled in this process alone: {}", e.getMessage());
      if (source != null) {
        compile(source);
      }
    }
  }

  /** The next program, or null. */
  private ProgramSource take() {
    int i = next.getAndIncrement();
    return i < sources.size() ? sources.get(i) : null;
  }

  private void compile(ProgramSource source) {
    boolean compiled = true;
    try {
      context.compile(source);
    } catch (ClException e) {
      compiled = false;
    }
    report(source, compiled);
  }

  private synchronized void report(ProgramSource source, boolean compiled) {
    if (!compiled) {
      LOG.debug("program {} is not compiled ahead", source.name());
    }
    done++;
    if (stopped != null) {
      return;
    }
    try {
      listener.built(done, sources.size());
    } catch (RuntimeException | Error e) {
      stopped = e;
      next.set(sources.size());
    }
  }
}
