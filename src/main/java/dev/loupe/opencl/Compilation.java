package dev.loupe.opencl;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The compiling of many programs on all processors, from source to the program cache. */
final class Compilation {
  private static final Logger LOG = LoggerFactory.getLogger(Compilation.class);

  /** LLVM recurses deeper than Java's 1 MB allows for long. */
  private static final long STACK_BYTES = 16 << 20;

  private final Context context;
  private final List<ProgramSource> sources;
  private final BuildListener listener;
  private final AtomicInteger next = new AtomicInteger();
  private int done;

  Compilation(Context context, List<ProgramSource> sources, BuildListener listener) {
    this.context = context;
    this.sources = sources;
    this.listener = listener;
  }

  /** Returns when every program is compiled or refused. */
  void run() {
    if (sources.isEmpty()) {
      return;
    }
    listener.built(0, sources.size());
    List<Thread> threads = new ArrayList<>();
    for (int i = Math.min(sources.size(), Runtime.getRuntime().availableProcessors()); i > 0; i--) {
      Thread thread = new Thread(null, this::compile, "loupe-compile-" + i, STACK_BYTES);
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
  }

  private void compile() {
    Context own = null;
    try {
      own = context.forCompiling();
      for (int i = next.getAndIncrement(); i < sources.size(); i = next.getAndIncrement()) {
        compile(own, sources.get(i));
      }
    } catch (ClException e) {
      LOG.debug("no context to compile in: {}", e.getMessage());
    } finally {
      if (own != null && own != context) {
        own.close();
      }
    }
  }

  private void compile(Context own, ProgramSource source) {
    try {
      own.build(source).compile();
    } catch (ClException e) {
      LOG.debug("program {} is not compiled ahead: {}", source.name(), e.getMessage());
    }
    synchronized (this) {
      listener.built(++done, sources.size());
    }
  }
}
