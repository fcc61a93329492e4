package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.SafeTensors;
import dev.loupe.weights.Variant;
import dev.loupe.weights.Weights;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every variant of every network against what PyTorch computed (the oracle's golden cases). */
@ParameterizedClass(name = "{0}")
@ValueSource(
    strings = {
      "fsrcnn-x2",
      "fsrcnn-x2-odd",
      "fsrcnn-x3",
      "fsrcnn-x3-odd",
      "fsrcnn-x4",
      "fsrcnn-x4-odd",
      "pan-x2",
      "pan-x2-odd",
      "pan-x3",
      "pan-x3-odd",
      "pan-x4",
      "pan-x4-odd",
      "rfdn-x2",
      "rfdn-x3",
      "rfdn-x4",
      "srresnet-x2",
      "srresnet-x4",
      "rcan-x2",
      "rcan-x4"
    })
class GoldenCaseTest {
  /** Share of the output's range that float32 may lose. */
  private static final double TOLERANCE = 1e-4;

  private static final int BATCH = 16;

  private final SafeTensors golden;
  private final Weights weights;
  private final FloatTensor in;

  GoldenCaseTest(String name) {
    golden = SafeTensors.read(find(name + ".safetensors"));
    weights = Weights.of(golden, "weights.");
    in = golden.tensor("in").tensor();
  }

  private static Path find(String file) {
    Path committed = Path.of("src/test/resources/golden", file);
    Path shared = Path.of("../shared/golden", file);
    Assumptions.assumeTrue(
        Files.exists(committed) || Files.exists(shared), "no golden case at " + shared);
    return Files.exists(committed) ? committed : shared;
  }

  private FrameGraph frame(Variant variant, Set<String> used) {
    Network network = Networks.of(weights.metadata());
    GuidedScheme scheme =
        new GuidedScheme(
            network, WeightSource.of(weights, used), weights.metadata().p(), 1f, BATCH);
    PatchCount k = PatchCount.of(weights.metadata().k());
    return scheme.build(
        FrameSpec.floats(in.shape().w(), in.shape().h(), variant, k).withFeature(true));
  }

  @ParameterizedTest
  @EnumSource(Variant.class)
  void inJava(Variant variant) {
    Set<String> used = new HashSet<>();
    try (FrameRunner runner = new ReferenceFrameRunner(frame(variant, used))) {
      check(variant, runner);
    }
    if (variant == Variant.MASK) {
      weights.requireAllUsed(used);
    }
  }

  @Tag("device")
  @ParameterizedTest
  @EnumSource(Variant.class)
  void onADevice(Variant variant) {
    Context context = SharedContext.get("lwjgl");
    try (KernelLibrary library = new KernelLibrary(context);
        CommandQueue queue = context.queue();
        FrameRunner runner = Engines.whole(frame(variant, new HashSet<>()), library, queue)) {
      check(variant, runner);
    }
  }

  private void check(Variant variant, FrameRunner runner) {
    FloatBuffer out = FloatBuffer.allocate((int) runner.frame().output().type().shape().elements());
    runner.run(FloatBuffer.wrap(in.data()), out, Progress.NONE);
    assertClose("out." + variant, out.array());
    assertClose("feature", runner.feature().orElseThrow());
    if (variant == Variant.MASK) {
      assertClose("mask", runner.mask().orElseThrow());
      int[] selected =
          Arrays.stream(golden.integers("selected")).mapToInt(Math::toIntExact).toArray();
      assertArrayEquals(selected, runner.selected(), "selected patches");
    }
  }

  private void assertClose(String name, float[] actual) {
    float[] expected = golden.tensor(name).data();
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      low = Math.min(low, expected[i]);
      high = Math.max(high, expected[i]);
      error = Math.max(error, Math.abs((double) expected[i] - actual[i]));
    }
    // Written so that a NaN fails.
    assertTrue(
        error <= TOLERANCE * (high - low),
        "%s differs by %.3g of a range of %.3g".formatted(name, error, high - low));
  }
}
