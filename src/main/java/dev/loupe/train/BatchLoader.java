package dev.loupe.train;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The thread that cuts crops ahead of the device: a few batches wait in a queue, their memory comes
 * back when they have been used.
 */
final class BatchLoader implements AutoCloseable {
  private static final int AHEAD = 3;
  private static final int POLL_MILLIS = 100;

  private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(AHEAD);
  private final BlockingQueue<Batch> filled = new ArrayBlockingQueue<>(AHEAD);
  private final Thread thread;
  private volatile Throwable failure;

  /** Cuts the batches of iterations {@code first}, first + 1, ... until it is closed. */
  BatchLoader(CropSampler sampler, long first) {
    for (int i = 0; i < AHEAD; i++) {
      free.add(Batch.allocate(sampler.shape()));
    }
    thread = new Thread(() -> load(sampler, first), "loupe-crops");
    thread.setDaemon(true);
    thread.start();
  }

  private void load(CropSampler sampler, long first) {
    try {
      for (long iteration = first; !Thread.currentThread().isInterrupted(); iteration++) {
        Batch batch = free.take();
        sampler.fill(batch, iteration);
        filled.put(batch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  /**
   * The next batch; hand it back with {@link #release}.
   *
   * @throws RuntimeException if cutting it failed
   */
  Batch next() {
    try {
      while (true) {
        Batch batch = filled.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (batch != null) {
          return batch;
        }
        if (failure instanceof RuntimeException e) {
          throw e;
        } else if (failure != null) {
          throw new IllegalStateException("crops cannot be cut: " + failure, failure);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("training was interrupted while it waited for crops", e);
    }
  }

  /** Gives a batch's memory back. */
  void release(Batch batch) {
    free.add(batch);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
