package dev.loupe.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The threads that cut crops ahead of the device: each makes a batch of its own, and a few batches
 * wait; their memory comes back when they have been used. Its caller is one thread.
 */
final class BatchLoader implements AutoCloseable {
  /** Cutting takes little; reading 500 pictures at four sizes is a minute's work of one thread. */
  private static final int MOST_THREADS = 16;

  /** Java's memory for a thread that reads a photo of 24 megapixels: five copies of 72 MB. */
  private static final long THREAD_BYTES = 512L << 20;

  private static final int WAITING = 2;

  private final CropSampler sampler;
  private final ExecutorService threads;
  private final Deque<Future<Batch>> ahead = new ArrayDeque<>();
  private long iteration;

  /** Cuts the batches of iterations {@code first}, first + 1, ... until it is closed. */
  BatchLoader(CropSampler sampler, long first) {
    this(sampler, first, threads());
  }

  /** As above, with {@code count} threads. */
  BatchLoader(CropSampler sampler, long first, int count) {
    this.sampler = sampler;
    iteration = first;
    threads =
        Executors.newFixedThreadPool(
            count,
            work -> {
              Thread thread = new Thread(work, "loupe-crops");
              thread.setDaemon(true);
              return thread;
            });
    for (int i = 0; i < count + WAITING; i++) {
      release(Batch.allocate(sampler.shape()));
    }
  }

  private static int threads() {
    Runtime java = Runtime.getRuntime();
    long room = java.maxMemory() / THREAD_BYTES;
    return (int)
        Math.max(1, Math.min(Math.min(MOST_THREADS, room), java.availableProcessors() / 2));
  }

  /**
   * The next batch; hand it back with {@link #release}.
   *
   * @throws RuntimeException if cutting it failed
   */
  Batch next() {
    try {
      return ahead.remove().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("crops cannot be cut: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("training was interrupted while it waited for crops", e);
    }
  }

  /** Gives a batch's memory back. */
  void release(Batch batch) {
    long next = iteration++;
    ahead.add(
        threads.submit(
            () -> {
              sampler.fill(batch, next);
              return batch;
            }));
  }

  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
