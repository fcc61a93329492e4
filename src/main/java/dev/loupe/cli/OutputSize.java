package dev.loupe.cli;

import dev.loupe.image.Image;
import dev.loupe.image.ImageHeader;
import dev.loupe.image.ResizeSink;
import dev.loupe.image.RowSink;
import picocli.CommandLine.Option;

/** The options that choose a result's size, to which it is shrunk after the network. */
final class OutputSize {
  @Option(
      names = "--width",
      paramLabel = "N",
      description =
          "Shrink results to N pixels across, by antialiased bicubic; with --height too, to exactly"
              + " that size, else in their shape. Sizes beyond the model's scale are refused.")
  Integer width;

  @Option(names = "--height", paramLabel = "N", description = "Likewise to N rows.")
  Integer height;

  /** Whether there is anything to choose. */
  boolean isGiven() {
    return width != null || height != null;
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is below 1
   */
  void check() {
    requirePositive("--width", width);
    requirePositive("--height", height);
  }

  private static void requirePositive(String option, Integer size) {
    if (size != null && size < 1) {
      throw new IllegalArgumentException(
          "%s %d: a picture is at least 1 pixel wide and high".formatted(option, size));
    }
  }

  /**
   * What a picture becomes.
   *
   * @param upscaled as the network makes it
   * @throws IllegalArgumentException if that is smaller
   */
  ImageHeader of(ImageHeader upscaled) {
    if (!isGiven()) {
      return upscaled;
    }
    int w = width == null ? share(upscaled.width(), height, upscaled.height()) : width;
    int h = height == null ? share(upscaled.height(), width, upscaled.width()) : height;
    if (w > upscaled.width() || h > upscaled.height()) {
      throw new IllegalArgumentException(
          "%dx%d is beyond what the model makes of this picture, %dx%d; choose a smaller --width and"
                  .formatted(w, h, upscaled.width(), upscaled.height())
              + " --height, or a larger scale");
    }
    return upscaled.resized(w, h);
  }

  /** One side in proportion to the other's {@code part} of {@code whole}. */
  private static int share(int side, int part, int whole) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, Math.round((double) side * part / whole)));
  }

  /** A sink for the network's rows, which go on in the chosen size. */
  RowSink sink(ImageHeader upscaled, RowSink sink) {
    return isGiven() ? new ResizeSink(upscaled, of(upscaled), sink) : sink;
  }

  /** The network's result in the chosen size. */
  Image resized(Image upscaled) {
    if (!isGiven()) {
      return upscaled;
    }
    Image image = Image.allocate(of(upscaled.header()));
    sink(upscaled.header(), RowSink.into(image.samples())).put(upscaled.samples());
    return image;
  }
}
