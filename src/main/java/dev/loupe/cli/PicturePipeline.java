package dev.loupe.cli;

import dev.loupe.cli.PictureRun.Stage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * The road of many pictures through stages that overlap: one thread decodes, the caller's computes,
 * one encodes. Pictures keep their order, and each is heard of once, done or failed.
 *
 * <p>At most {@link #AHEAD} decoded pictures wait beside the one that is computed, and one result
 * is encoded while the next is made; two results that are large for Java's memory are never held.
 */
final class PicturePipeline {
  /** Decoded pictures that wait: more than one, so that a slow file among fast ones delays none. */
  static final int AHEAD = 2;

  /** What the stages do with a picture; each is called by one thread at a time. */
  interface Stages {
    /** Gives the run its picture. */
    void decode(PictureRun run);

    /** Whether the result would be so large that the one before must be written first. */
    boolean isLarge(PictureRun run);

    /**
     * Gives the run its result, on the caller's thread; or writes it, if it is never held whole.
     */
    void compute(PictureRun run);

    /** Writes the result, unless it is written. */
    void encode(PictureRun run);
  }

  private final Stages stages;
  private final Consumer<PictureRun> listener;

  /** A pipeline that tells {@code listener} of each picture, one at a time and in order. */
  PicturePipeline(Stages stages, Consumer<PictureRun> listener) {
    this.stages = stages;
    this.listener = listener;
  }

  /** Takes all pictures from file to file; returns when the last is written. */
  void run(List<PictureJob> jobs) {
    ExecutorService decoder = Executors.newSingleThreadExecutor(task -> daemon(task, "decode"));
    ExecutorService encoder = Executors.newSingleThreadExecutor(task -> daemon(task, "encode"));
    try {
      Deque<Future<PictureRun>> ahead = new ArrayDeque<>();
      Future<?> encoding = CompletableFuture.completedFuture(null);
      int next = 0;
      for (int i = 0; i < jobs.size(); i++) {
        for (; next < jobs.size() && next <= i + AHEAD; next++) {
          PictureRun coming = new PictureRun(next, jobs.get(next));
          ahead.add(
              decoder.submit(() -> coming.through(Stage.DECODE, () -> stages.decode(coming))));
        }
        PictureRun run = await(ahead.remove());
        if (run.failure() == null && stages.isLarge(run)) {
          await(encoding);
        }
        run.through(Stage.COMPUTE, () -> stages.compute(run));
        await(encoding);
        encoding =
            encoder.submit(
                () -> listener.accept(run.through(Stage.ENCODE, () -> stages.encode(run))));
      }
      await(encoding);
    } finally {
      decoder.shutdownNow();
      encoder.shutdownNow();
    }
  }

  private static Thread daemon(Runnable task, String stage) {
    Thread thread = new Thread(task, "loupe-" + stage);
    thread.setDaemon(true);
    return thread;
  }

  private static <T> T await(Future<T> task) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted between two pictures", e);
    }
  }
}
