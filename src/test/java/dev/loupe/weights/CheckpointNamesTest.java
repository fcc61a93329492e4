package dev.loupe.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link CheckpointNames}. */
class CheckpointNamesTest {
  @ParameterizedTest
  @CsvSource({
    "PANx2_DF2K.pth, pan-original, 2, 261403, 1",
    "PANx3_DF2K.pth, pan-original, 3, 261403, 1",
    "PANx4_DF2K.pth, pan-original, 4, 272419, 1",
    "RFDN_AIM.pth, rfdn-original, 4, 433448, 255",
  })
  void publishedCheckpointsMapWithNothingLeft(
      String file, String network, int scale, long parameters, int valueRange) {
    Path path = Path.of("../shared/checkpoints").resolve(file);
    Assumptions.assumeTrue(Files.exists(path), "no third-party checkpoint at " + path);
    TorchCheckpoint checkpoint = TorchCheckpoint.read(path);
    Weights weights = CheckpointNames.of(network).weights(checkpoint, scale);
    assertEquals(parameters, weights.parameters());
    assertEquals(network, weights.metadata().network());
    assertEquals(valueRange, weights.metadata().valueRange());
    assertEquals(checkpoint.tensors().size(), weights.names().size());
    if (network.equals("pan-original")) {
      weights.get("base.trunk.15.out.weight", 40, 40, 1, 1);
      weights.get("base.tail.att1.c.bias", 24);
    } else {
      weights.get("base.blocks.3.esa.c3_.weight", 12, 12, 3, 3);
      weights.get("base.up.0.weight", 3 * scale * scale, 50, 3, 3);
    }
  }

  @Test
  void namesAreTranslatedOneToOne() {
    for (CheckpointNames table : CheckpointNames.values()) {
      for (int scale = 2; scale <= 4; scale++) {
        Map<String, String> names = table.names(scale);
        assertEquals(names.size(), new HashSet<>(names.values()).size());
      }
    }
    assertEquals(140, CheckpointNames.PAN_ORIGINAL.names(2).size());
    assertEquals(146, CheckpointNames.PAN_ORIGINAL.names(4).size());
    assertEquals(128, CheckpointNames.RFDN_ORIGINAL.names(4).size());
    Map<String, String> rfdn = CheckpointNames.RFDN_ORIGINAL.names(4);
    assertEquals("base.blocks.0.d.0.weight", rfdn.get("B1.c1_d.weight"));
    assertEquals("base.blocks.3.r.2.bias", rfdn.get("B4.c3_r.bias"));
    Map<String, String> pan = CheckpointNames.PAN_ORIGINAL.names(4);
    assertEquals("base.trunk.15.a2.weight", pan.get("SCPA_trunk.15.k1.0.weight"));
    assertEquals("base.tail.att2.c.bias", pan.get("att2.conv.bias"));
  }

  @Test
  void unknownAndMissingTensorsAreListed() {
    TorchCheckpoint other =
        TorchCheckpoint.read(Path.of("src/test/resources/checkpoints/state-zip.pth"));
    String message =
        assertThrows(WeightsException.class, () -> CheckpointNames.PAN_ORIGINAL.weights(other, 2))
            .getMessage();
    assertTrue(message.contains("is no pan-original x2: unknown tensors [plain, "), message);
    assertTrue(message.contains("missing tensors [HRconv1.bias, HRconv1.weight, "), message);
  }

  @Test
  void anUnknownNetworkListsTheKnownOnes() {
    assertEquals(
        "no checkpoint names are known for network 'edsr', only for pan-original, rfdn-original",
        assertThrows(WeightsException.class, () -> CheckpointNames.of("edsr")).getMessage());
  }
}
