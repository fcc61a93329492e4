package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.loupe.graph.Halo;
import dev.loupe.network.Networks;
import dev.loupe.network.RandomWeights;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How far the networks reach, which is what tiles see around them. */
class HaloTest {
  @ParameterizedTest
  @CsvSource({
    "fsrcnn, 10, 17",
    "pan, 53, 70",
    "srresnet, 57, 80",
    "rfdn, 153, 201",
    "rcan, 581, 833"
  })
  void networksReachSoFar(String network, int base, int full) {
    ModelMetadata model = ModelMetadata.of(network, 4);
    GuidedScheme scheme =
        new GuidedScheme(Networks.of(model), new RandomWeights(5, 0.5f), model.p(), 1f, 64);
    assertEquals(base, reach(scheme, Variant.BASE));
    assertEquals(full, reach(scheme, Variant.FULL));
  }

  private static int reach(GuidedScheme scheme, Variant variant) {
    FrameSpec spec = FrameSpec.floats(900, 2400, variant, PatchCount.ALL);
    return Halo.rows(scheme.build(spec).graph(), 24);
  }
}
