package dev.loupe;

import dev.loupe.guided.FrameRunner;
import dev.loupe.guided.FrameSpec;
import dev.loupe.guided.NotFiniteException;
import dev.loupe.guided.PatchCount;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.DeviceNotes;
import dev.loupe.tensor.RelativeError;
import dev.loupe.weights.SelfCheck;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import dev.loupe.weights.WeightsException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/** The making and running of a model's self-check. */
final class ModelCheck {
  /** Odd sizes: partial patches are checked too. */
  private static final int HEIGHT = 10;

  private static final int WIDTH = 13;

  /** What a device may be off by, of the output's range. */
  private static final double TOLERANCE = 1e-4;

  private ModelCheck() {}

  /**
   * The self-check of the model's best variant, in plain Java.
   *
   * @throws WeightsException if the result is not finite: no device is to blame then
   */
  static SelfCheck of(Model model) {
    float[] input = noise(model.metadata().valueRange());
    try (Engine java = Engine.open(Engine.JAVA, null)) {
      int k = model.defaultVariant() == Variant.MASK ? clearCut(model, java, input) : 0;
      float[] output = run(model, java, input, HEIGHT, WIDTH, k);
      return SelfCheck.of(HEIGHT, WIDTH, model.metadata().scale(), input, output, k);
    } catch (NotFiniteException e) {
      throw new WeightsException(
          model.name()
              + ": its weights give values that are not finite; they are damaged or have diverged",
          e);
    }
  }

  private static float[] noise(int range) {
    Random random = new Random(1);
    float[] picture = new float[3 * HEIGHT * WIDTH];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = random.nextFloat() * range;
    }
    return picture;
  }

  /** The K where the mask falls most, so that rounding on a device cannot swap patches. */
  private static int clearCut(Model model, Engine engine, float[] input) {
    float[] mask;
    try (FrameRunner runner = prepare(model, engine, HEIGHT, WIDTH, Integer.MAX_VALUE)) {
      runner.run(FloatBuffer.wrap(input), outputOf(runner));
      mask = runner.mask().orElseThrow();
    }
    Arrays.sort(mask);
    int best = mask.length;
    float widest = 0;
    for (int k = 1; k < mask.length; k++) {
      float gap = mask[mask.length - k] - mask[mask.length - k - 1];
      if (gap > widest) {
        widest = gap;
        best = k;
      }
    }
    return best;
  }

  /**
   * Runs {@code check} on an engine.
   *
   * @throws SelfCheckException if the result is another
   */
  static void run(Model model, Engine engine, SelfCheck check) {
    int[] in = check.input().dims();
    float[] expected = check.output().data();
    int scale = model.metadata().scale();
    if (!Arrays.equals(check.output().dims(), new int[] {1, 3, in[2] * scale, in[3] * scale})) {
      throw new WeightsException(
          "model %s: its self-check's output %s is not x%d of its input %s"
              .formatted(model.name(), check.output(), scale, check.input()));
    }
    try {
      float[] actual = run(model, engine, check.input().data(), in[2], in[3], check.k());
      double error = RelativeError.of(expected, actual);
      if (!(error <= TOLERANCE)) {
        String found = "off by %.1e of its range, allowed is %.0e".formatted(error, TOLERANCE);
        throw new SelfCheckException(model.name(), engine.deviceName(), found, null);
      }
    } catch (NotFiniteException e) {
      String found = "a value is not finite";
      throw new SelfCheckException(model.name(), engine.deviceName(), found, e);
    }
  }

  /** Runs {@code check} unless a note says that it has passed here before. */
  static void runOnce(Model model, Engine engine, Weights weights, SelfCheck check) {
    Optional<Device> device = engine.device();
    if (device.isEmpty()) {
      return;
    }
    String finding =
        "Loupe built at %s passes the self-check of %s with tile sizes %s"
            .formatted(built(), weights.sha256(), engine.tuning().orElseThrow().parameters());
    DeviceNotes notes = DeviceNotes.standard();
    if (!notes.has(device.get(), finding)) {
      run(model, engine, check);
      notes.add(device.get(), finding);
    }
  }

  /** When the jar or folder that this class is in was made: other kernels are another build. */
  private static String built() {
    try {
      Path place =
          Path.of(ModelCheck.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.getLastModifiedTime(place).toString();
    } catch (IOException | URISyntaxException | RuntimeException e) {
      return "a time that nobody knows";
    }
  }

  private static float[] run(
      Model model, Engine engine, float[] input, int height, int width, int k) {
    try (FrameRunner runner = prepare(model, engine, height, width, k)) {
      FloatBuffer output = outputOf(runner);
      runner.run(FloatBuffer.wrap(input), output);
      return output.array();
    }
  }

  private static FrameRunner prepare(Model model, Engine engine, int height, int width, int k) {
    PatchCount count = k == Integer.MAX_VALUE ? PatchCount.ALL : PatchCount.of(k);
    return model.prepare(engine, FrameSpec.floats(width, height, model.defaultVariant(), count));
  }

  private static FloatBuffer outputOf(FrameRunner runner) {
    return FloatBuffer.allocate(Math.toIntExact(runner.frame().output().type().shape().elements()));
  }
}
