package dev.loupe.complexity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.guided.PatchCount;
import dev.loupe.network.Fsrcnn;
import dev.loupe.weights.Variant;
import org.junit.jupiter.api.Test;

/** FSRCNN's counts against the closed forms of docs/networks.md sections 3.3 and 5. */
class NetworkCostTest {
  private static final int HEIGHT = 40;
  private static final int WIDTH = 48;
  private static final long PIXELS = HEIGHT * WIDTH;
  private static final int CELLS = 120;

  private static FrameCost cost(int scale, Variant variant, String k) {
    return new NetworkCost(Fsrcnn.ofScale(scale), 4)
        .frame(variant, PatchCount.parse(k), WIDTH, HEIGHT);
  }

  @Test
  void theyAreThePapersAtEveryScale() {
    for (int s = 2; s <= 4; s++) {
      long base = PIXELS * (13608L * s * s + 9592);
      long patch = 16L * (13608L * s * s + 7910);
      assertEquals(base, cost(s, Variant.BASE, "none").printed());
      assertEquals(
          base + PIXELS * (13608L * s * s + 4640), cost(s, Variant.FULL, "none").printed());
      assertEquals(base + CELLS * patch, cost(s, Variant.ALL, "none").printed());
      long mask = PIXELS * 9 * 144 + CELLS * 121;
      assertEquals(base + mask + 7 * patch, cost(s, Variant.MASK, "7").printed());
    }
  }

  @Test
  void kIsClampedToTheCells() {
    assertEquals(cost(4, Variant.MASK, "all"), cost(4, Variant.MASK, "1000"));
    assertEquals(0, cost(4, Variant.MASK, "none").refine().paper());
  }

  @Test
  void trueMultiplyAddsHaveNoZerosOfTheDeconvolution() {
    // Activations are no multiply-adds: 56 + 12 + 3 * 12 + 56 of them in a pixel.
    assertEquals(
        PIXELS * (13608 + 9592 - 160), cost(4, Variant.BASE, "none").total().multiplyAdds());
  }

  @Test
  void loupesMaskCostsWhatItsLayersDo() {
    long c = 12;
    long paper = PIXELS * (9 * c * c + c + 18 * c) + CELLS * 25;
    assertEquals(paper, cost(4, Variant.MASK, "7").mask().paper());
  }

  @Test
  void variantFullIsPublishedWithAnUpsamplerThatLoupeLeavesOut() {
    FrameCost full = cost(4, Variant.FULL, "none");
    long upsampler = PIXELS * (12 * 56 + 13608);
    // The first convolution runs as Winograd F(4x4, 5x5): 64 multiplications for 16 outputs.
    long first = PIXELS * 3 * 56 * (25 - 64 / 16);
    assertEquals(upsampler + first, full.base().multiplyAdds() - full.base().executed());
  }

  @Test
  void parametersAreThePapers() {
    NetworkCost cost = new NetworkCost(Fsrcnn.ofScale(3), 4);
    assertEquals(23363, cost.parameters(Variant.BASE));
    assertEquals(41694, cost.parameters(Variant.FULL));
    assertEquals(41694, cost.parameters(Variant.ALL));
    assertEquals(43270, cost.parameters(Variant.MASK));
  }
}
