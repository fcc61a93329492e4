package dev.loupe.cli;

import dev.loupe.Guidance;
import dev.loupe.Upscaled;
import dev.loupe.Upscaler;
import dev.loupe.image.HeatMap;
import dev.loupe.image.Image;
import dev.loupe.image.ImageException;
import dev.loupe.image.ImageHeader;
import dev.loupe.image.ImageReader;
import dev.loupe.image.ImageRows;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.RowSink;
import dev.loupe.image.WriteOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The stages of {@code loupe upscale}: read a picture, upscale it, write it.
 *
 * @param size of the results
 * @param maskOut where the heat map goes, or null
 * @param bar hears which picture is next, or null
 * @param notes hears what of a picture could not be read or kept
 */
record UpscaleStages(
    Upscaler upscaler,
    OutputSize size,
    WriteOptions options,
    Path maskOut,
    ProgressLine bar,
    Consumer<String> notes)
    implements PicturePipeline.Stages {
  /**
   * Of Java's memory: larger results are not held where rows can go to the file, and two of those
   * that are held, with the pictures that wait, take less than half of it.
   */
  private static final int LARGEST_SHARE = 8;

  @Override
  public void decode(PictureRun run) {
    long start = System.nanoTime();
    ImageRows picture = ImageReader.open(run.job().input());
    run.decoded(picture);
    if (goesByRows(run)) {
      ImageWriter.checkTarget(run.job().output(), result(run));
    } else {
      try (picture) {
        Image whole = picture.whole();
        run.decoded(whole.rows());
        ImageWriter.checkTarget(run.job().output(), whole, result(run));
      }
    }
    noteIfFirstOfSeveral(run.job().input());
    run.times().add("decode", System.nanoTime() - start);
  }

  private void noteIfFirstOfSeveral(Path input) {
    int pictures = ImageReader.count(input);
    if (pictures > 1) {
      notes.accept(
          "%s: only the first of its %d pictures is upscaled; split the file for the others"
              .formatted(input, pictures));
    }
  }

  @Override
  public boolean isLarge(PictureRun run) {
    return upscaled(run).bytes() > Runtime.getRuntime().maxMemory() / LARGEST_SHARE;
  }

  /**
   * Whether the rows of the result go to the file as they are made; a heat map is drawn over all.
   */
  private boolean goesByRows(PictureRun run) {
    return isLarge(run)
        && ImageWriter.takesRows(run.job().output(), result(run))
        && maskOut == null;
  }

  @Override
  public void compute(PictureRun run) {
    if (bar != null) {
      bar.begin(run.index(), run.job().input().getFileName().toString());
    }
    try (ImageRows picture = run.picture()) {
      if (goesByRows(run)) {
        computeAndEncode(run, picture);
      } else {
        computeWhole(run, picture.whole());
      }
    }
    run.work().stageNanos().forEach(run.times()::add);
  }

  private void computeWhole(PictureRun run, Image picture) {
    Upscaled upscaled = computed(() -> upscaler.process(picture));
    if (size.isGiven()) {
      long start = System.nanoTime();
      upscaled = new Upscaled(size.resized(upscaled.image()), upscaled.work());
      run.times().add("resize", System.nanoTime() - start);
    }
    run.upscaled(upscaled);
  }

  private void computeAndEncode(PictureRun run, ImageRows picture) {
    ImageHeader header = result(run);
    long start = System.nanoTime();
    long[] computing = {0};
    write(
        () ->
            ImageWriter.write(
                header,
                run.job().output(),
                options,
                rows -> {
                  long begin = System.nanoTime();
                  RowSink made = size.sink(upscaled(run), rows);
                  run.upscaled(header, computed(() -> upscaler.process(picture, made)));
                  computing[0] = System.nanoTime() - begin;
                }));
    run.times().add("encode", System.nanoTime() - start - computing[0]);
  }

  /** An argument that the engine refuses by now is no option of the user's; bad input still is. */
  private static <T> T computed(Supplier<T> task) {
    try {
      return task.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(e.getMessage(), e);
    } catch (ImageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public void encode(PictureRun run) {
    if (run.result() == null) {
      return;
    }
    long start = System.nanoTime();
    write(() -> ImageWriter.write(run.result(), run.job().output(), options));
    run.times().add("encode", System.nanoTime() - start);
    if (maskOut != null) {
      start = System.nanoTime();
      Image map = heatMap(run.result(), run.work().guidance());
      write(() -> ImageWriter.write(map, maskOut, options));
      run.times().add("mask-out", System.nanoTime() - start);
    }
  }

  /** The picture as the network makes it. */
  private ImageHeader upscaled(PictureRun run) {
    return run.picture().header().scaled(scale());
  }

  private ImageHeader result(PictureRun run) {
    return size.of(upscaled(run));
  }

  private int scale() {
    return upscaler.model().metadata().scale();
  }

  private void write(Supplier<Optional<String>> task) {
    try {
      task.get().ifPresent(notes);
    } catch (ImageException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private Image heatMap(Image picture, Guidance guidance) {
    int cell = upscaler.model().metadata().p() * scale();
    return HeatMap.render(
        picture,
        guidance.mask().orElseThrow(),
        guidance.gridWidth(),
        guidance.gridHeight(),
        cell,
        guidance.selected());
  }
}
