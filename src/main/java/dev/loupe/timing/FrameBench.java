package dev.loupe.timing;

import dev.loupe.Engine;
import dev.loupe.Model;
import dev.loupe.guided.FrameGraph;
import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.PatchCount;
import dev.loupe.image.Image;
import dev.loupe.image.ImageHeader;
import dev.loupe.image.Metrics;
import dev.loupe.op.Precision;
import dev.loupe.opencl.HostMemory;
import dev.loupe.weights.Variant;
import java.util.Arrays;
import java.util.Map;

/**
 * A prepared frame to be timed, from 8-bit samples in {@link HostMemory} to samples in such: shared
 * by {@code loupe bench} and the JMH benchmarks. It closes its frame and memory, not the engine.
 */
public final class FrameBench implements AutoCloseable {
  private static final int SMALL_WIDTH = 47;
  private static final int SMALL_HEIGHT = 38;
  private static final double HALF_PSNR = 50;
  private static final int CROP = 64;
  private static final int CROP_TRUSTED = 24;

  private final Engine engine;
  private final Model model;
  private final FrameSpec spec;
  private final Image input;
  private final FrameRunner runner;
  private HostMemory source;
  private HostMemory result;

  /** Prepares the frame {@code spec} of {@code input}, which has 8 bits. */
  public FrameBench(Engine engine, Model model, FrameSpec spec, Image input) {
    this.engine = engine;
    this.model = model;
    this.spec = spec;
    this.input = input;
    ImageHeader output = input.header().scaled(model.metadata().scale());
    if (output.bytes() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%dx%d: the result of %.1f GB is beyond a buffer's 2 GiB; take a smaller picture"
              .formatted(input.width(), input.height(), output.bytes() / 1e9));
    }
    runner = model.prepare(engine, spec);
    try {
      source = engine.hostMemory(input.samples().remaining());
      source.buffer().put(input.samples()).flip();
      result = engine.hostMemory((int) output.bytes());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** The same of another picture; plain Java stores floats. */
  private FrameRunner prepare(Engine on, Image picture, PatchCount count) {
    Precision precision = on == engine ? spec.input().precision() : Precision.FP32;
    FrameSpec other =
        FrameSpec.pixels(
            picture.width(), picture.height(), picture.channels(), 8, spec.variant(), count);
    return model.prepare(on, other.withPrecision(precision));
  }

  private Image outputOf(Image picture) {
    int scale = model.metadata().scale();
    return Image.allocate(picture.width() * scale, picture.height() * scale, picture.channels(), 8);
  }

  /** Runs the frame once. */
  public void run() {
    runner.run(source.buffer(), result.buffer());
  }

  /** Whether the device takes and gives samples by itself, in page-locked memory. */
  public boolean isPageLocked() {
    return source.isPageLocked() && result.isPageLocked();
  }

  /** Nanoseconds of each stage of the last run; on a device, of the launches alone. */
  public Map<String, Long> stageNanos() {
    return runner.times().nanos();
  }

  /** What is run. */
  public FrameGraph frame() {
    return runner.frame();
  }

  /**
   * Holds the output against plain Java, before anything is timed.
   *
   * @return how it was done, in one line
   * @throws IllegalStateException if they part by more than one level of 255 or, in fp16, which may
   *     choose other patches, if the peak signal-to-noise ratio is too low
   */
  public String verify() {
    Image small = SyntheticPhoto.of(SMALL_WIDTH, SMALL_HEIGHT);
    // As large a share of the small frame's patches as of the large one's.
    double share = (double) frame().patches() / frame().cells();
    PatchCount count = spec.variant() == Variant.MASK ? PatchCount.share(share) : spec.k();
    try (Engine java = Engine.open(Engine.JAVA, null);
        FrameRunner expected = prepare(java, small, count);
        FrameRunner actual = prepare(engine, small, count)) {
      Image reference = run(expected, small);
      if (spec.input().precision() == Precision.FP16) {
        return verifyHalf(reference, run(actual, small));
      }
      compare(reference, run(actual, small), reference.width(), reference.height());
      if (!Arrays.equals(expected.selected(), actual.selected())) {
        throw new IllegalStateException("the device chose other patches than plain Java");
      }
      String how = "a %dx%d frame within 1 of 255".formatted(SMALL_WIDTH, SMALL_HEIGHT);
      return verifyCorner(java) ? how + ", and a corner of this frame" : how;
    }
  }

  private static String verifyHalf(Image reference, Image actual) {
    double psnr = Metrics.psnrRgb(reference, actual, 0);
    if (!(psnr >= HALF_PSNR)) {
      throw new IllegalStateException(
          "wrong output, nothing is timed: %.1f dB from plain Java, where fp16 reaches %.0f; see 'loupe doctor'"
              .formatted(psnr, HALF_PSNR));
    }
    return "a %dx%d frame, %.1f dB from plain Java".formatted(SMALL_WIDTH, SMALL_HEIGHT, psnr);
  }

  /** A corner of the full-size result, where a crop of the input suffices to know it. */
  private boolean verifyCorner(Engine java) {
    boolean isLocal = model.metadata().network().equals("fsrcnn");
    if (spec.variant() != Variant.BASE
        || !isLocal
        || input.width() < CROP
        || input.height() < CROP) {
      return false;
    }
    Image crop = input.cropped(CROP, CROP);
    try (FrameRunner expected = prepare(java, crop, spec.k())) {
      run();
      Image output = outputOf(input);
      output.samples().put(result.buffer().duplicate());
      int side = CROP_TRUSTED * model.metadata().scale();
      compare(run(expected, crop), output, side, side);
    }
    return true;
  }

  private Image run(FrameRunner frameRunner, Image picture) {
    Image output = outputOf(picture);
    frameRunner.run(picture.samples(), output.samples());
    return output;
  }

  private static void compare(Image expected, Image actual, int width, int height) {
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < expected.channels(); c++) {
          int wanted = expected.get(x, y, c);
          if (Math.abs(wanted - actual.get(x, y, c)) > 1) {
            throw new IllegalStateException(
                "wrong output, nothing is timed: sample %d of pixel (%d, %d) is %d, plain Java has"
                        .formatted(c, x, y, actual.get(x, y, c))
                    + " %d; see 'loupe doctor'".formatted(wanted));
          }
        }
      }
    }
  }

  @Override
  public void close() {
    runner.close();
    if (source != null) {
      source.close();
    }
    if (result != null) {
      result.close();
    }
  }
}
