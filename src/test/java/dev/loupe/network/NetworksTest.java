package dev.loupe.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.weights.ModelMetadata;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests of {@link Networks}: what a model's metadata makes. */
class NetworksTest {
  private static ModelMetadata model(String network, String part, String key, int value) {
    return ModelMetadata.of(network, 4).withConfig(Map.of(part, Map.of(key, value)));
  }

  private static String refusal(ModelMetadata model) {
    return assertThrows(IllegalArgumentException.class, () -> Networks.of(model)).getMessage();
  }

  @Test
  void defaultsAreThePapers() {
    assertEquals(new Fsrcnn(2, 56, 12, 3, 1), Networks.of(ModelMetadata.of("fsrcnn", 2)));
    assertEquals(new Pan(3, 12, 4), Networks.of(ModelMetadata.of("pan", 3)));
    assertEquals(new Rfdn(4, 4, 2), Networks.of(ModelMetadata.of("rfdn", 4)));
    assertEquals(new SrResNet(2, 12, 4), Networks.of(ModelMetadata.of("srresnet", 2)));
    assertEquals(new Rcan(3, 7, 20, 3, 20), Networks.of(ModelMetadata.of("rcan", 3)));
    assertEquals("pan-original", Networks.of(ModelMetadata.of("pan-original", 2)).name());
    for (String name : Networks.names()) {
      assertEquals(name, Networks.of(ModelMetadata.of(name, 3)).name());
    }
  }

  @Test
  void blockCountsComeFromTheConfig() {
    assertEquals(new Pan(4, 14, 4), Networks.of(model("pan", "base", "nb", 14)));
    assertEquals(new Pan(4, 12, 2), Networks.of(model("pan", "refine", "nb", 2)));
    assertEquals(new Rcan(4, 7, 20, 1, 20), Networks.of(model("rcan", "refine", "ng", 1)));
    assertEquals(new Fsrcnn(4, 32, 12, 3, 1), Networks.of(model("fsrcnn", "base", "d", 32)));
  }

  @Test
  void whatIsNotKnownIsNamed() {
    assertEquals(
        "network 'edsr' is not known; known are [fsrcnn, pan, pan-original, rcan, rfdn,"
            + " rfdn-original, srresnet]",
        refusal(ModelMetadata.of("edsr", 4)));
    assertEquals(
        "network 'pan' has no scale 8; it has 2, 3 and 4", refusal(ModelMetadata.of("pan", 8)));
    assertEquals(
        "network 'rfdn' has no config base.maxpool; it has [base.nb, mask.channels, refine.nb]",
        refusal(model("rfdn", "base", "maxpool", 0)));
    assertEquals(
        "network 'pan': config base.nb is 0, it must be at least 1",
        refusal(model("pan", "base", "nb", 0)));
  }
}
