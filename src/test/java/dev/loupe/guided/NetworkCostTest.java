package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.graph.Node;
import dev.loupe.network.Network;
import dev.loupe.network.Networks;
import dev.loupe.network.WeightSource;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters and costs of the networks against docs/networks.md sections 5 and 9. */
class NetworkCostTest {
  private static final int P = 4;
  private static final int HEIGHT = 24;
  private static final int WIDTH = 36;
  private static final int PIXELS = HEIGHT * WIDTH;

  private static FrameGraph build(
      String name, int scale, Variant variant, WeightSource weights, int height, int width) {
    Network network = Networks.of(ModelMetadata.of(name, scale));
    return new GuidedScheme(network, weights, P, 1f, 6)
        .build(FrameSpec.floats(width, height, variant, PatchCount.of(10)));
  }

  private static long parameters(String name, int scale, Variant variant) {
    Map<String, Long> sizes = new HashMap<>();
    WeightSource counting =
        (tensor, dims) -> {
          var zeros = WeightSource.ZEROS.tensor(tensor, dims);
          sizes.put(tensor, zeros.shape().elements());
          return zeros;
        };
    build(name, scale, variant, counting, 16, 16);
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  /** As the paper counts; without the unused upsampler of Base-Net in variant full. */
  private static long cost(String name, int scale, Variant variant, Predicate<Node> counted) {
    return build(name, scale, variant, WeightSource.ZEROS, HEIGHT, WIDTH).graph().nodes().stream()
        .filter(counted)
        .mapToLong(node -> node.cost().paper())
        .sum();
  }

  private static boolean isRefine(Node node) {
    return node.stage().equals("refine");
  }

  @ParameterizedTest
  @CsvSource({
    "fsrcnn, 4, 23363, 41694, 43270",
    "pan, 2, 203723, 290966, 306178",
    "pan, 3, 203723, 296174, 311386",
    "pan, 4, 214739, 312998, 328210",
    "rfdn, 3, 423977, 697754, 721256",
    "rfdn, 4, 433448, 716696, 740198",
    "srresnet, 3, 1286737, 2040857, 2078989",
    "srresnet, 4, 1249810, 1967003, 2005135",
    "rcan, 3, 11052339, 16074150, 16112282",
    "rcan, 4, 11015411, 16000294, 16038426",
  })
  void parametersAreThePapers(String name, int scale, long base, long all, long mask) {
    assertEquals(base, parameters(name, scale, Variant.BASE));
    assertEquals(all, parameters(name, scale, Variant.ALL));
    assertEquals(mask, parameters(name, scale, Variant.MASK));
  }

  @ParameterizedTest
  @CsvSource({
    "pan-original, 2, 261403",
    "pan-original, 3, 261403",
    "pan-original, 4, 272419",
    "rfdn-original, 4, 433448",
  })
  void parametersOfTheOriginals(String name, int scale, long base) {
    assertEquals(base, parameters(name, scale, Variant.BASE));
  }

  /** Base-Net and Refine-Net on a whole frame: a pixel, and once an image; on a patch: a pixel. */
  @ParameterizedTest
  @CsvSource({
    "fsrcnn, 2, 64024, 0, 59072, 0, 62342",
    "fsrcnn, 3, 132064, 0, 127112, 0, 130382",
    "fsrcnn, 4, 227320, 0, 222368, 0, 225638",
    "pan, 2, 249624, 0, 132704, 0, 255612",
    "pan, 3, 325104, 0, 255056, 0, 463518",
    "pan, 4, 433272, 0, 316352, 0, 513450",
    "srresnet, 3, 1410304, 0, 878144, 0, 1339344",
    "srresnet, 4, 1925376, 0, 1393216, 0, 1854416",
    "rcan, 3, 10974848, 72240, 4996096, 30960, 10762911",
    "rcan, 4, 11392448, 72240, 5413696, 30960, 11180511",
  })
  void costsAreThePapers(
      String name, int scale, long base, long baseOnce, long full, long fullOnce, long patch) {
    assertEquals(base * PIXELS + baseOnce, cost(name, scale, Variant.BASE, node -> true));
    assertEquals(
        full * PIXELS + fullOnce, cost(name, scale, Variant.FULL, NetworkCostTest::isRefine));
    long all = cost(name, scale, Variant.ALL, NetworkCostTest::isRefine);
    assertEquals(patch, Math.round((double) all / PIXELS));
  }

  @ParameterizedTest
  @CsvSource({"3, 550902", "4, 560352"})
  void costsOfRfdn(int scale, long patch) {
    long all = cost("rfdn", scale, Variant.ALL, NetworkCostTest::isRefine);
    assertEquals(patch, Math.round((double) all / PIXELS));
    // A block away from its attention: 3 distilling steps with two activations, c4, c5; then the
    // attention at full size (c1, cf, c4) and behind its stride and pool (c2; three 3x3, two ReLU).
    long block = 3 * (1250 + 25 + 22500 + 50) + 11250 + 25 + 5000 + 600 + 144 + 600;
    long strided = (HEIGHT - 3) / 2 + 1;
    long stridedWidth = (WIDTH - 3) / 2 + 1;
    long pooled = ((strided - 7) / 3 + 1) * ((stridedWidth - 7) / 3 + 1);
    long down = strided * stridedWidth * 1296;
    long upsampler = 450L * 3 * scale * scale;
    long base = PIXELS * (1350 + 4 * block + 200 * 50 + 50 + 22500 + upsampler);
    assertEquals(
        base + 4 * (down + pooled * (3 * 1296 + 24)),
        cost("rfdn", scale, Variant.BASE, node -> true));
    long refine = PIXELS * (2 * block + 100 * 50 + 50 + 22500 + 2 * 22500 + 50 + upsampler);
    assertEquals(
        refine + 2 * (down + strided * stridedWidth * (3 * 1296 + 24)),
        cost("rfdn", scale, Variant.FULL, NetworkCostTest::isRefine));
  }
}
