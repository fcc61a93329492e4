package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.op.Layout;
import dev.loupe.op.TensorType;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link GuidedScheme} and both frame runners, with the bundled FSRCNN x4. */
@Tag("device")
class GuidedSchemeTest {
  private static final Weights WEIGHTS = ModelFiles.read("fsrcnn-x4");

  private static GuidedScheme scheme(int batch) {
    return scheme(batch, WeightSource.of(WEIGHTS));
  }

  private static GuidedScheme scheme(int batch, WeightSource weights) {
    return new GuidedScheme(
        Networks.of(WEIGHTS.metadata()), weights, WEIGHTS.metadata().p(), 1f, batch);
  }

  private static float[] picture(int height, int width) {
    Random random = new Random(31L * height + width);
    float[] picture = new float[3 * height * width];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = random.nextFloat();
    }
    return picture;
  }

  private static float[] run(FrameRunner runner, float[] src) {
    float[] picture = new float[(int) runner.frame().output().type().shape().elements()];
    runner.run(FloatBuffer.wrap(src), FloatBuffer.wrap(picture));
    return picture;
  }

  private static float[] run(
      String engine, int height, int width, Variant variant, PatchCount k, int batch) {
    FrameSpec spec = FrameSpec.floats(width, height, variant, k);
    try (FrameRunner runner = Engines.runner(engine, scheme(batch).build(spec))) {
      return run(runner, picture(height, width));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "lwjgl", "gpu"})
  void kOfNoneIsTheBaseAndKOfAllRefinesEveryPatch(String engine) {
    assertArrayEquals(
        run(engine, 21, 30, Variant.BASE, PatchCount.ALL, 16),
        run(engine, 21, 30, Variant.MASK, PatchCount.NONE, 16));
    assertArrayEquals(
        run(engine, 21, 30, Variant.ALL, PatchCount.NONE, 16),
        run(engine, 21, 30, Variant.MASK, PatchCount.ALL, 16));
  }

  @Test
  void theFeatureIsKeptForWhoAsks() {
    FrameSpec spec = FrameSpec.floats(10, 9, Variant.MASK, PatchCount.of(4));
    assertTrue(scheme(16).build(spec).feature().isEmpty());
    assertTrue(scheme(16).build(spec.withFeature(true)).feature().isPresent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lwjgl", "gpu"})
  void theBytesDependNeitherOnTheRunNorOnTheBatch(String engine) {
    FrameSpec spec = FrameSpec.floats(53, 37, Variant.MASK, PatchCount.of(70));
    float[] src = picture(37, 53);
    float[] expected = null;
    for (int batch : new int[] {512, 100, 33, 16, 1}) {
      try (FrameRunner runner = Engines.runner(engine, scheme(batch).build(spec))) {
        for (int i = 0; i < 3; i++) {
          float[] picture = run(runner, src);
          expected = expected == null ? picture : expected;
          assertArrayEquals(expected, picture, "batch " + batch + ", run " + i);
          assertEquals(70, runner.selected().length);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lwjgl", "gpu"})
  void everySizeAgreesWithTheReference(String engine) {
    int[][] sizes = {{1, 1}, {1, 17}, {19, 1}, {2, 3}, {4, 4}, {5, 97}, {13, 16}, {31, 33}};
    for (int[] size : sizes) {
      for (Variant variant : new Variant[] {Variant.FULL, Variant.MASK}) {
        PatchCount k = PatchCount.parse("40%");
        float[] expected = run("java", size[0], size[1], variant, k, 16);
        float[] actual = run(engine, size[0], size[1], variant, k, 16);
        assertArrayEquals(expected, actual, 1e-4f, size[0] + "x" + size[1] + " " + variant);
      }
    }
  }

  private static ByteBuffer pixels(TensorType type) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.toIntExact(type.bytes())).order(ByteOrder.nativeOrder());
    byte[] random = new byte[bytes.capacity()];
    new Random(bytes.capacity()).nextBytes(random);
    return bytes.put(random).flip();
  }

  private static int[] samples(ByteBuffer bytes, Layout layout) {
    return layout == Layout.PIXELS16
        ? IntStream.range(0, bytes.capacity() / 2)
            .map(i -> Short.toUnsignedInt(bytes.getShort(2 * i)))
            .toArray()
        : IntStream.range(0, bytes.capacity()).map(i -> Byte.toUnsignedInt(bytes.get(i))).toArray();
  }

  @ParameterizedTest
  @CsvSource({"3, 8, lwjgl", "1, 8, gpu", "3, 16, gpu", "1, 16, lwjgl"})
  void framesOfPixelsAgreeWithTheReference(int channels, int depth, String engine) {
    FrameSpec spec =
        FrameSpec.pixels(35, 13, channels, depth, Variant.MASK, PatchCount.parse("40%"));
    int[][] results = new int[2][];
    for (int i = 0; i < 2; i++) {
      try (FrameRunner runner = Engines.runner(i == 0 ? "java" : engine, scheme(16).build(spec))) {
        TensorType type = runner.frame().output().type();
        assertEquals(Shape.frame(channels, 52, 140), type.shape());
        ByteBuffer output =
            ByteBuffer.allocateDirect((int) type.bytes()).order(ByteOrder.nativeOrder());
        runner.run(pixels(spec.input()), output);
        results[i] = samples(output, type.layout());
      }
    }
    // One step of 8 bit where a rounding tips over, the float sums' error in 16 bit.
    int tolerance = depth == 8 ? 1 : 4;
    for (int i = 0; i < results[0].length; i++) {
      assertEquals(results[0][i], results[1][i], tolerance, "sample " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "lwjgl", "gpu"})
  void aPictureThatIsNotFiniteIsNeverHandedOut(String engine) {
    FrameSpec spec = FrameSpec.floats(10, 9, Variant.MASK, PatchCount.of(4));
    try (FrameRunner runner = Engines.runner(engine, scheme(16).build(spec))) {
      float[] good = picture(9, 10);
      float[] expected = run(runner, good);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        float[] broken = good.clone();
        broken[37] = bad;
        String said =
            assertThrows(NotFiniteException.class, () -> run(runner, broken)).getMessage();
        assertEquals(!engine.equals("java"), said.contains("-d java"), said);
        assertArrayEquals(expected, run(runner, good), "the runner is usable after it");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "java, base.last.2.bias",
    "lwjgl, base.last.2.bias",
    "gpu, refine.last.2.bias",
    "java, mp.c2.bias",
    "lwjgl, mp.c2.bias",
    "java, base.mid.0.weight",
    "gpu, base.mid.0.weight"
  })
  void weightsThatAreNotFiniteAreNoticed(String engine, String name) {
    WeightSource good = WeightSource.of(WEIGHTS);
    WeightSource broken =
        (asked, dims) -> {
          FloatTensor tensor = good.tensor(asked, dims).copy();
          if (asked.equals(name)) {
            tensor.data()[0] = Float.NaN;
          }
          return tensor;
        };
    FrameSpec spec = FrameSpec.pixels(10, 9, 3, 8, Variant.MASK, PatchCount.parse("40%"));
    try (FrameRunner runner = Engines.runner(engine, scheme(16, broken).build(spec))) {
      ByteBuffer output =
          ByteBuffer.allocateDirect((int) runner.frame().output().type().bytes())
              .order(ByteOrder.nativeOrder());
      for (int i = 0; i < 2; i++) {
        assertThrows(NotFiniteException.class, () -> runner.run(pixels(spec.input()), output));
      }
    }
  }

  @Test
  void thePlanIsSmallerThanSeparateTensors() {
    FrameSpec spec = FrameSpec.pixels(96, 64, 3, 8, Variant.MASK, PatchCount.parse("40%"));
    try (FrameRunner runner = Engines.runner("lwjgl", scheme(16).build(spec))) {
      assertTrue(
          2 * runner.memory().planned() < runner.memory().separate(),
          runner.memory().planned() + " of " + runner.memory().separate());
    }
  }
}
