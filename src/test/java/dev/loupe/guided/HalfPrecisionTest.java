package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.network.Pan;
import dev.loupe.network.RandomWeights;
import dev.loupe.network.Rcan;
import dev.loupe.network.Rfdn;
import dev.loupe.network.SrResNet;
import dev.loupe.op.Precision;
import dev.loupe.weights.Variant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames whose tensors are stored in fp16. */
@Tag("device")
class HalfPrecisionTest {
  private static final int HEIGHT = 67;
  private static final int WIDTH = 35;

  static Stream<Network> networks() {
    return Stream.of(
        Fsrcnn.ofScale(4),
        new Pan(3, 2, 1),
        new Rfdn(4, 2, 1),
        new SrResNet(4, 2, 1),
        new Rcan(2, 1, 2, 1, 1));
  }

  private static GuidedScheme scheme(Network network, float spread) {
    return new GuidedScheme(network, new RandomWeights(5, spread), 4, 1f, 64);
  }

  private static FrameSpec spec(Variant variant) {
    return FrameSpec.floats(WIDTH, HEIGHT, variant, PatchCount.parse("30%"));
  }

  /** Root of the mean square of the error over that of the expected values. */
  private static double error(float[] expected, float[] actual) {
    double error = 0;
    double signal = 0;
    for (int i = 0; i < expected.length; i++) {
      error += Math.pow(actual[i] - (double) expected[i], 2);
      signal += Math.pow(expected[i], 2);
    }
    return Math.sqrt(error / signal);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void framesAreCloseToThoseInFp32AndTakeHalfTheMemory(Network network) {
    // With variant mask other patches may be chosen.
    for (Variant variant : List.of(Variant.BASE, Variant.FULL, Variant.ALL)) {
      FrameGraph singles = scheme(network, 0.5f).build(spec(variant));
      FrameGraph halves = scheme(network, 0.5f).build(spec(variant).withPrecision(Precision.FP16));
      try (FrameRunner single = Engines.runner("lwjgl", singles);
          FrameRunner half = Engines.runner("lwjgl", halves)) {
        double error = error(Engines.run(single), Engines.run(half));
        String what = network + " " + variant;
        // Rounding must show, or nothing was stored in halves.
        assertTrue(error > 1e-5 && error < 3e-3, what + " is off by " + error);
        double share = half.memory().separate() / (double) single.memory().separate();
        assertTrue(share < 0.65, what + " takes " + share + " of the memory");
      }
    }
  }

  @Test
  void bandsGiveTheBytesOfTheWholeFrame() {
    FrameGraph frame =
        scheme(Fsrcnn.ofScale(3), 0.5f).build(spec(Variant.MASK).withPrecision(Precision.FP16));
    try (FrameRunner whole = Engines.runner("lwjgl", frame);
        FrameRunner bands = Engines.banded("lwjgl", frame, 5)) {
      assertArrayEquals(Engines.run(whole), Engines.run(bands));
    }
  }

  /** The smallest network: PoCL takes half a minute to compile PAN's kernels for GPUs. */
  @ParameterizedTest
  @ValueSource(strings = {"gpu", "gpu-matrix"})
  void theKernelsForGpusStoreHalvesToo(String engine) {
    GuidedScheme scheme = scheme(Fsrcnn.ofScale(3), 0.5f);
    FrameSpec spec = spec(Variant.ALL);
    try (FrameRunner single = Engines.runner(engine, scheme.build(spec));
        FrameRunner half =
            Engines.runner(engine, scheme.build(spec.withPrecision(Precision.FP16)))) {
      double error = error(Engines.run(single), Engines.run(half));
      assertTrue(error > 1e-5 && error < 3e-3, "off by " + error);
    }
  }

  @Test
  void whatPassesTheRangeIsRefused() {
    FrameGraph frame =
        scheme(Fsrcnn.ofScale(2), 1000f).build(spec(Variant.BASE).withPrecision(Precision.FP16));
    try (FrameRunner runner = Engines.runner("lwjgl", frame)) {
      String said = assertThrows(NotFiniteException.class, () -> Engines.run(runner)).getMessage();
      assertTrue(said.contains("fp32"), said);
    }
  }
}
