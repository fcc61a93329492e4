package dev.loupe.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests of {@link ModelFiles} and of the bundled models. */
class ModelFilesTest {
  @Test
  void theIndexListsEveryBundledFile() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("weights"))) {
      List<String> names =
          files
              .map(p -> p.getFileName().toString())
              .filter(n -> n.endsWith(".safetensors"))
              .map(n -> n.replace(".safetensors", ""))
              .sorted()
              .toList();
      assertEquals(names, ModelFiles.bundled().stream().sorted().toList());
    }
  }

  @Test
  void everyBundledModelSaysWhatItIs() {
    for (String name : ModelFiles.bundled()) {
      Weights weights = ModelFiles.read(name);
      ModelMetadata metadata = weights.metadata();
      SafeTensors file = SafeTensors.read(Path.of("weights", name + ".safetensors"));
      assertTrue(file.metadata().containsKey("variants"), name + " must state its variants");
      assertEquals(name, metadata.network() + "-x" + metadata.scale());
      assertTrue(metadata.notes().containsKey("training"), name);
      assertTrue(weights.selfCheck().isPresent(), name + " must carry a self-check");
    }
  }

  @Test
  void pathsAreModelsToo() {
    assertEquals(
        ModelFiles.read("fsrcnn-x4").names(),
        ModelFiles.read("weights/fsrcnn-x4.safetensors").names());
  }

  @Test
  void anUnknownNameListsTheBundledOnes() {
    String message =
        assertThrows(WeightsException.class, () -> ModelFiles.read("fsrcnn-x5")).getMessage();
    assertTrue(message.startsWith("unknown model 'fsrcnn-x5': give one of fsrcnn-x2, "), message);
    for (String bad : List.of("none.safetensors", "a\0/b", "")) {
      assertThrows(WeightsException.class, () -> ModelFiles.read(bad));
    }
  }
}
