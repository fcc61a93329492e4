package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.graph.MemoryPlan;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.network.Pan;
import dev.loupe.network.RandomWeights;
import dev.loupe.network.Rcan;
import dev.loupe.network.Rfdn;
import dev.loupe.network.SrResNet;
import dev.loupe.weights.Variant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames computed in bands against the same frames computed node after node: the same bytes. */
@Tag("device")
class BandedFrameTest {
  private static final int HEIGHT = 67;
  private static final int WIDTH = 35;

  static Stream<Network> networks() {
    return Stream.of(
        Fsrcnn.ofScale(4),
        Fsrcnn.ofScale(3),
        new Pan(4, 2, 1),
        new Pan(3, 1, 1),
        new Rfdn(4, 2, 1),
        new SrResNet(4, 2, 1),
        new Rcan(4, 1, 2, 1, 1));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void bandsOfAnyHeightGiveTheBytesOfTheWholeFrame(Network network) {
    check("lwjgl", network, Variant.BASE, Variant.FULL, Variant.MASK);
  }

  @Test
  void soDoTheKernelsForGpus() {
    check("gpu", Fsrcnn.ofScale(3), Variant.FULL);
    check("gpu", new Pan(3, 1, 1), Variant.BASE);
  }

  private static void check(String engine, Network network, Variant... variants) {
    for (Variant variant : variants) {
      GuidedScheme scheme = new GuidedScheme(network, new RandomWeights(5, 0.5f), 4, 1f, 64);
      FrameSpec spec = FrameSpec.floats(WIDTH, HEIGHT, variant, PatchCount.parse("30%"));
      FrameGraph frame = scheme.build(spec);
      float[] expected;
      try (FrameRunner whole = Engines.runner(engine, frame)) {
        expected = Engines.run(whole);
      }
      for (int band : new int[] {1, 5, 16, 1000}) {
        try (FrameRunner bands = Engines.banded(engine, frame, band)) {
          String what = network.name() + " " + variant + " in bands of " + band;
          assertArrayEquals(expected, Engines.run(bands), what);
        }
      }
    }
  }

  static Stream<Network> paperNetworks() {
    return Stream.of(
        Fsrcnn.ofScale(4),
        new Pan(4, 12, 4),
        new Rfdn(4, 4, 2),
        new SrResNet(4, 12, 4),
        new Rcan(4, 7, 20, 3, 20));
  }

  @ParameterizedTest
  @MethodSource("paperNetworks")
  void aFrameOf4kFitsASmallMemory(Network network) {
    GuidedScheme scheme = new GuidedScheme(network, new RandomWeights(5, 0.5f), 4, 1f, 512);
    boolean large = network instanceof SrResNet || network instanceof Rcan;
    for (Variant variant : Variant.values()) {
      FrameSpec spec = FrameSpec.pixels(960, 540, 3, 8, variant, PatchCount.of(1000));
      FrameGraph frame = scheme.build(spec);
      long bytes = MemoryPlan.banded(frame.graph(), Long.MAX_VALUE, 8).bytes();
      long most = (large ? 1000L : 600L) << 20;
      assertTrue(bytes <= most, network + " " + variant + " takes " + (bytes >> 20) + " MB");
    }
  }
}
