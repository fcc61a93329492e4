package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.SharedContext;
import dev.loupe.testing.TensorAssert;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames from 1x1 on and patches of 2, 4 and 8 through every network and variant. */
class SmallFrameTest {
  private static final Map<String, Map<String, Integer>> ONE_BLOCK =
      Map.of("base", Map.of("nb", 1), "refine", Map.of("nb", 1));
  private static final Map<String, Map<String, Integer>> ONE_GROUP =
      Map.of("base", Map.of("ng", 1, "nb", 1), "refine", Map.of("ng", 1, "nb", 1));

  private static Network network(String name, int scale) {
    ModelMetadata model = ModelMetadata.of(name, scale);
    return Networks.of(
        switch (name) {
          case "fsrcnn" -> model;
          case "rcan" -> model.withConfig(ONE_GROUP);
          default -> model.withConfig(ONE_BLOCK);
        });
  }

  /** Weights that keep a signal's size from layer to layer; the same name gives the same values. */
  private static FloatTensor random(String name, int... dims) {
    FloatTensor tensor = WeightSource.ZEROS.tensor(name, dims);
    Shape shape = tensor.shape();
    double terms = (double) (shape.c() * shape.plane());
    double spread = dims.length == 1 ? 0.1 : 1 / Math.sqrt(terms);
    Random random = new Random(name.hashCode());
    for (int i = 0; i < tensor.data().length; i++) {
      tensor.data()[i] = (float) (random.nextGaussian() * spread);
    }
    return tensor;
  }

  private static FloatTensor picture(int height, int width) {
    FloatTensor picture = FloatTensor.zeros(Shape.frame(3, height, width));
    Random random = new Random(height * 100L + width);
    for (int i = 0; i < picture.data().length; i++) {
      picture.data()[i] = random.nextFloat();
    }
    return picture;
  }

  private static FloatTensor run(FrameRunner runner, FloatTensor in) {
    FloatTensor out = FloatTensor.zeros(runner.frame().output().type().shape());
    runner.run(FloatBuffer.wrap(in.data()), FloatBuffer.wrap(out.data()), Progress.NONE);
    return out;
  }

  @Tag("device")
  @ParameterizedTest
  @CsvSource({
    "fsrcnn, 2, 4",
    "pan, 2, 2",
    "pan, 3, 4",
    "pan, 4, 8",
    "rfdn, 2, 8",
    "rfdn, 3, 4",
    "rfdn, 4, 2",
    "srresnet, 3, 2",
    "rcan, 3, 8",
  })
  void theDeviceAgreesWithJava(String name, int scale, int p) {
    Context context = SharedContext.get("lwjgl");
    Network network = network(name, scale);
    GuidedScheme scheme = new GuidedScheme(network, SmallFrameTest::random, p, 1f, 3);
    try (KernelLibrary library = new KernelLibrary(context);
        CommandQueue queue = context.queue()) {
      for (int[] size : new int[][] {{1, 1}, {2, 17}, {16, 5}, {17, 19}}) {
        FloatTensor in = picture(size[0], size[1]);
        for (Variant variant : Variant.values()) {
          FrameGraph frame =
              scheme.build(FrameSpec.floats(size[1], size[0], variant, PatchCount.of(4)));
          try (FrameRunner java = new ReferenceFrameRunner(frame);
              FrameRunner device = Engines.whole(frame, library, queue)) {
            FloatTensor expected = run(java, in);
            assertEquals(Shape.frame(3, size[0] * scale, size[1] * scale), expected.shape());
            FloatTensor actual = run(device, in);
            assertArrayEquals(java.selected(), device.selected());
            // Winograd's error is of the range, not of the value: conv2d_winograd.cl.
            TensorAssert.assertClose(expected, actual, 2e-5 * largest(expected), 1e-5);
          }
        }
      }
    }
  }

  @Test
  void anOriginalHasNoRefineNet() {
    Network original = Networks.of(ModelMetadata.of("rfdn-original", 4));
    GuidedScheme scheme = new GuidedScheme(original, WeightSource.ZEROS, 4, 255f, 8);
    FrameSpec spec = FrameSpec.floats(20, 20, Variant.MASK, PatchCount.ALL);
    assertEquals(
        "network 'rfdn-original' has no Refine-Net, so it cannot run variant 'mask'; use 'base'",
        assertThrows(IllegalArgumentException.class, () -> scheme.build(spec)).getMessage());
  }

  private static double largest(FloatTensor tensor) {
    double largest = 1;
    for (float value : tensor.data()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
