package dev.loupe.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of {@link ModelMetadata}. */
class ModelMetadataTest {
  @Test
  void whatIsFormattedIsParsedBack() {
    ModelMetadata metadata =
        ModelMetadata.of("rcan", 4)
            .withVariants(List.of(Variant.BASE, Variant.MASK))
            .withValueRange(255)
            .withConfig(Map.of("base", Map.of("ng", 2, "nb", 3), "refine", Map.of("nb", 1)))
            .withNote("training", "{\"recipe\": \"none\"}");
    assertEquals(metadata, ModelMetadata.parse(metadata.format(), "f"));
    assertEquals("1", metadata.format().get("format_version"));
  }

  @Test
  void whatItIsMadeOfMayChangeLater() {
    Map<String, Integer> blocks = new HashMap<>(Map.of("nb", 3));
    ModelMetadata metadata = ModelMetadata.of("rcan", 4).withConfig(Map.of("base", blocks));
    blocks.put("nb", 99);
    assertEquals(3, metadata.config("base", "nb", 0));
  }

  @Test
  void formatVersion0OfGoldenCasesIsReadable() {
    ModelMetadata metadata =
        ModelMetadata.parse(
            Map.of(
                "network", "rcan",
                "scale", "2",
                "p", "4",
                "k", "16",
                "mask_gap", "1.510e-01",
                "config", "{\"base_kw\": {\"ng\": 2, \"maxpool\": true}, \"refine_kw\": {}}"),
            "f");
    assertEquals(2, metadata.config("base", "ng", 7));
    assertEquals(1, metadata.config("base", "maxpool", 0));
    assertEquals(3, metadata.config("refine", "ng", 3));
    assertEquals(1, metadata.valueRange());
    assertEquals(Map.of("mask_gap", "1.510e-01"), metadata.notes());
  }

  @Test
  void whatIsNotStatedIsThePapers() {
    assertEquals(
        ModelMetadata.of("pan", 3),
        ModelMetadata.parse(Map.of("network", "pan", "scale", "3"), "f"));
  }

  @Test
  void newerFormatIsRefusedEvenIfNothingElseIsUnderstood() {
    String message =
        assertThrows(
                WeightsException.class,
                () -> ModelMetadata.parse(Map.of("format_version", "2"), "f.safetensors"))
            .getMessage();
    assertEquals(
        "f.safetensors: format version 2 is newer than 1, the newest this Loupe reads;"
            + " update Loupe",
        message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "network | ~~ | network ''",
        "scale | 0 | scale 0",
        "scale | four | metadata scale is 'four', expected a whole number",
        "p | 0 | p 0",
        "k | -1 | k -1",
        "value_range | 256 | value_range 256: expected 1 or 255",
        "variants | base,tiny | variant 'tiny' is not one of base, full, all, mask",
        "config | {\"base\": 1} | expected the form",
        "config | {\"base_kw\": {\"nb\": 1.5}} | expected the form",
        "config | { | expected the form",
        "format_version | x | format_version is 'x'",
      })
  void refusesBadEntriesInOneLine(String key, String value, String expected) {
    Map<String, String> strings = new HashMap<>(Map.of("network", "pan", "scale", "4"));
    strings.put(key, value);
    String message =
        assertThrows(WeightsException.class, () -> ModelMetadata.parse(strings, "f.safetensors"))
            .getMessage();
    assertTrue(message.startsWith("f.safetensors: ") && message.contains(expected), message);
    assertEquals(1, message.lines().count());
  }

  @Test
  void namesWhatIsMissing() {
    String message =
        assertThrows(
                WeightsException.class,
                () -> ModelMetadata.parse(Map.of("network", "pan"), "f.safetensors"))
            .getMessage();
    assertEquals("f.safetensors: its metadata has no 'scale'; is it a Loupe model?", message);
  }
}
