package dev.loupe.cli;

import dev.loupe.Upscaled;
import dev.loupe.Work;
import dev.loupe.guided.StageTimes;
import dev.loupe.image.Image;
import dev.loupe.image.ImageHeader;
import dev.loupe.image.ImageRows;
import java.util.EnumMap;
import java.util.Map;

/** A picture on its way from file to file: how far it is, what went wrong, and its times. */
final class PictureRun {
  /** The parts of the way, each of which has a thread of its own. */
  enum Stage {
    DECODE,
    COMPUTE,
    ENCODE
  }

  private final int index;
  private final PictureJob job;
  private final StageTimes times = new StageTimes();
  private final Map<Stage, Long> busy = new EnumMap<>(Stage.class);
  private String inputSize = "";
  private String outputSize = "";
  private ImageRows picture;
  private Image result;
  private Work work;
  private Throwable failure;

  /** A run that has not begun, counted from 0. */
  PictureRun(int index, PictureJob job) {
    this.index = index;
    this.job = job;
  }

  int index() {
    return index;
  }

  PictureJob job() {
    return job;
  }

  /** Runs and times a stage, unless one before it failed. */
  PictureRun through(Stage stage, Runnable task) {
    if (failure != null) {
      return this;
    }
    long start = System.nanoTime();
    try {
      task.run();
    } catch (RuntimeException | OutOfMemoryError e) {
      failure = e;
      picture = null;
      result = null;
    } finally {
      busy.put(stage, System.nanoTime() - start);
    }
    return this;
  }

  void decoded(ImageRows rows) {
    picture = rows;
    inputSize = size(rows.header());
  }

  ImageRows picture() {
    return picture;
  }

  /** Takes the result and lets go of the picture, which would only fill memory from here on. */
  void upscaled(Upscaled upscaled) {
    upscaled(upscaled.image().header(), upscaled.work());
    result = upscaled.image();
  }

  /** As {@link #upscaled(Upscaled)}, of a result that has gone to its file row by row. */
  void upscaled(ImageHeader header, Work taken) {
    outputSize = size(header);
    work = taken;
    picture = null;
  }

  private static String size(ImageHeader header) {
    return header.width() + "x" + header.height();
  }

  /** The result, or null where it has gone to its file row by row. */
  Image result() {
    return result;
  }

  /** What upscaling it took. */
  Work work() {
    return work;
  }

  /** Width x height of the input, in pixels. */
  String inputSize() {
    return inputSize;
  }

  /** Likewise of the result. */
  String outputSize() {
    return outputSize;
  }

  /** Why it failed, or null. */
  Throwable failure() {
    return failure;
  }

  /** The times of its parts, finer than {@link #busy}. */
  StageTimes times() {
    return times;
  }

  /** How long a stage worked at it, in nanoseconds. */
  long busy(Stage stage) {
    return busy.getOrDefault(stage, 0L);
  }

  /** How long all stages worked at it, waits between them left out. */
  long totalNanos() {
    return busy.values().stream().mapToLong(Long::longValue).sum();
  }
}
