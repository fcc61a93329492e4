package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.cli.PictureRun.Stage;
import dev.loupe.image.Image;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Order, bounds, overlap and failures of the pipeline, with stages that only count. */
@Timeout(60)
class PicturePipelineTest {
  private final List<String> heard = new ArrayList<>();

  /** Stages that do nothing but what a test overrides. */
  private static class Counted implements PicturePipeline.Stages {
    final AtomicInteger pictures = new AtomicInteger();
    final AtomicInteger mostPictures = new AtomicInteger();
    final AtomicInteger results = new AtomicInteger();
    final AtomicInteger mostResults = new AtomicInteger();

    @Override
    public void decode(PictureRun run) {
      mostPictures.accumulateAndGet(pictures.incrementAndGet(), Math::max);
      run.decoded(Image.allocate(2, 1, 1, 8).rows());
    }

    @Override
    public boolean isLarge(PictureRun run) {
      return false;
    }

    @Override
    public void compute(PictureRun run) {
      mostResults.accumulateAndGet(results.incrementAndGet(), Math::max);
      pictures.decrementAndGet();
    }

    @Override
    public void encode(PictureRun run) {
      results.decrementAndGet();
    }
  }

  private void run(PicturePipeline.Stages stages, int pictures) {
    List<PictureJob> jobs =
        IntStream.range(0, pictures)
            .mapToObj(i -> new PictureJob(Path.of("in" + i), Path.of("out" + i)))
            .toList();
    new PicturePipeline(stages, run -> heard.add(run.index() + outcome(run))).run(jobs);
  }

  private static String outcome(PictureRun run) {
    return run.failure() == null ? "" : " " + run.failure().getMessage();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS), "the other stage did not run meanwhile");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(3);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void slowEncodingHoldsTwoResultsAndAFewPicturesAtMost() {
    Counted stages =
        new Counted() {
          @Override
          public void encode(PictureRun run) {
            pause();
            super.encode(run);
          }
        };
    run(stages, 20);
    assertEquals(20, heard.size());
    assertEquals(2, stages.mostResults.get());
    assertTrue(
        stages.mostPictures.get() <= PicturePipeline.AHEAD + 1, stages.mostPictures::toString);
    assertEquals(0, stages.pictures.get() + stages.results.get());
  }

  @Test
  void largeResultsAreHeldOneByOne() {
    Counted stages =
        new Counted() {
          @Override
          public boolean isLarge(PictureRun run) {
            return true;
          }

          @Override
          public void encode(PictureRun run) {
            pause();
            super.encode(run);
          }
        };
    run(stages, 8);
    assertEquals(1, stages.mostResults.get());
  }

  /** Each stage waits for another to be at work on the next or the last picture. */
  @Test
  void stagesOverlap() {
    CountDownLatch secondIsDecoded = new CountDownLatch(1);
    CountDownLatch secondIsComputed = new CountDownLatch(1);
    run(
        new Counted() {
          @Override
          public void decode(PictureRun run) {
            super.decode(run);
            if (run.index() == 1) {
              secondIsDecoded.countDown();
            }
          }

          @Override
          public void compute(PictureRun run) {
            super.compute(run);
            if (run.index() == 0) {
              await(secondIsDecoded);
            } else {
              secondIsComputed.countDown();
            }
          }

          @Override
          public void encode(PictureRun run) {
            super.encode(run);
            if (run.index() == 0) {
              await(secondIsComputed);
            }
          }
        },
        2);
    assertEquals(List.of("0", "1"), heard);
  }

  @Test
  void aFailureOfAnyStageIsHeardInItsPlaceAndTheOthersGoOn() {
    Counted stages =
        new Counted() {
          @Override
          public void decode(PictureRun run) {
            failAt(run, 1, "unreadable");
            super.decode(run);
          }

          @Override
          public void compute(PictureRun run) {
            failAt(run, 3, "too large");
            super.compute(run);
          }

          @Override
          public void encode(PictureRun run) {
            failAt(run, 5, "disk full");
            super.encode(run);
          }
        };
    run(stages, 7);
    assertEquals(List.of("0", "1 unreadable", "2", "3 too large", "4", "5 disk full", "6"), heard);
  }

  private static void failAt(PictureRun run, int index, String message) {
    if (run.index() == index) {
      throw new IllegalStateException(message);
    }
  }

  @Test
  void anErrorOfTheProgramEndsTheRun() {
    PicturePipeline.Stages stages =
        new Counted() {
          @Override
          public void decode(PictureRun run) {
            throw new AssertionError("a bug");
          }
        };
    assertEquals("a bug", assertThrows(AssertionError.class, () -> run(stages, 3)).getMessage());
    assertEquals(List.of(), heard);
  }

  @Test
  void aRunKeepsItsTimesAndLetsGoOfWhatFailed() {
    PictureRun run = new PictureRun(0, new PictureJob(Path.of("in"), Path.of("out")));
    run.through(Stage.DECODE, () -> run.decoded(Image.allocate(3, 2, 1, 8).rows()));
    assertEquals("3x2", run.inputSize());
    run.through(
        Stage.COMPUTE,
        () -> {
          pause();
          throw new OutOfMemoryError("test");
        });
    run.through(Stage.ENCODE, () -> heard.add("encoded"));
    assertEquals(List.of(), heard);
    assertInstanceOf(OutOfMemoryError.class, run.failure());
    assertEquals(null, run.picture());
    assertTrue(run.busy(Stage.COMPUTE) >= 3_000_000);
    assertEquals(0, run.busy(Stage.ENCODE));
    assertEquals(run.busy(Stage.DECODE) + run.busy(Stage.COMPUTE), run.totalNanos());
  }
}
