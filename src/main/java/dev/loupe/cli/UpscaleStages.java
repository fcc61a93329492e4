package dev.loupe.cli;

import dev.loupe.Guidance;
import dev.loupe.Upscaled;
import dev.loupe.Upscaler;
import dev.loupe.image.HeatMap;
import dev.loupe.image.Image;
import dev.loupe.image.ImageException;
import dev.loupe.image.ImageReader;
import dev.loupe.image.ImageWriter;
import dev.loupe.image.WriteOptions;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The stages of {@code loupe upscale}: read a picture, upscale it, write it.
 *
 * @param maskOut where the heat map goes, or null
 * @param bar hears which picture is next, or null
 * @param notes hears what a writer could not keep
 */
record UpscaleStages(
    Upscaler upscaler, WriteOptions options, Path maskOut, ProgressLine bar, Consumer<String> notes)
    implements PicturePipeline.Stages {
  /** Of Java's memory: two results and the pictures that wait then take less than half of it. */
  private static final int LARGEST_SHARE = 8;

  @Override
  public void decode(PictureRun run) {
    long start = System.nanoTime();
    Image picture = ImageReader.read(run.job().input());
    run.times().add("decode", System.nanoTime() - start);
    ImageWriter.checkTarget(run.job().output(), picture, scale());
    run.decoded(picture);
  }

  @Override
  public boolean isLarge(PictureRun run) {
    long bytes = (long) run.picture().samples().capacity() * scale() * scale();
    return bytes > Runtime.getRuntime().maxMemory() / LARGEST_SHARE;
  }

  /** An argument that the engine refuses by now is no option of the user's. */
  @Override
  public void compute(PictureRun run) {
    if (bar != null) {
      bar.begin(run.index(), run.job().input().getFileName().toString());
    }
    try {
      Upscaled result = upscaler.process(run.picture());
      result.stageNanos().forEach(run.times()::add);
      run.upscaled(result);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  @Override
  public void encode(PictureRun run) {
    long start = System.nanoTime();
    write(run.result().image(), run.job().output());
    run.times().add("encode", System.nanoTime() - start);
    if (maskOut != null) {
      start = System.nanoTime();
      write(heatMap(run.result()), maskOut);
      run.times().add("mask-out", System.nanoTime() - start);
    }
  }

  private int scale() {
    return upscaler.model().metadata().scale();
  }

  private void write(Image picture, Path file) {
    try {
      ImageWriter.write(picture, file, options).ifPresent(notes);
    } catch (ImageException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private Image heatMap(Upscaled result) {
    Guidance guidance = result.guidance();
    int cell = upscaler.model().metadata().p() * scale();
    return HeatMap.render(
        result.image(),
        guidance.mask().orElseThrow(),
        guidance.gridWidth(),
        guidance.gridHeight(),
        cell,
        guidance.selected());
  }
}
