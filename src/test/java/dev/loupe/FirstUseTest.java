package dev.loupe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.testing.FalsifiedModel;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.ModelFiles;
import dev.loupe.weights.NamedTensor;
import dev.loupe.weights.SelfCheck;
import dev.loupe.weights.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The self-check at a model's first use on a device: it runs, it is remembered, it can fail. */
@Tag("device")
class FirstUseTest {
  private static final String DIRECTORY = "loupe.cache.dir";

  @TempDir Path folder;
  private final String usual = System.getProperty(DIRECTORY);

  @BeforeEach
  void ownDirectory() {
    SharedContext.get("lwjgl");
    System.setProperty(DIRECTORY, folder.resolve("cache").toString());
  }

  @AfterEach
  void usualDirectory() {
    if (usual == null) {
      System.clearProperty(DIRECTORY);
    } else {
      System.setProperty(DIRECTORY, usual);
    }
  }

  /** Programs that opening an upscaler built: none unless the self-check ran. */
  private static int programs(String model) {
    try (Upscaler upscaler = Upscaler.builder().model(model).build()) {
      return upscaler.engine().programs();
    }
  }

  private List<Path> notes() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      return files.filter(file -> file.toString().endsWith(".note")).toList();
    }
  }

  @Test
  void aNoteSparesTheSecondRun() throws IOException {
    assertTrue(programs("fsrcnn-x4") > 0);
    assertEquals(1, notes().size());
    assertEquals(0, Files.size(notes().get(0)));
    assertEquals(0, programs("fsrcnn-x4"));
    assertEquals(0, programs("weights/fsrcnn-x4.safetensors"), "the same content by another name");
    Files.delete(notes().get(0));
    assertTrue(programs("fsrcnn-x4") > 0);
  }

  @Test
  void whatCannotBeNotedRunsAgain() throws IOException {
    System.setProperty(DIRECTORY, "none");
    assertTrue(programs("fsrcnn-x4") > 0);
    assertTrue(programs("fsrcnn-x4") > 0);
    Path file = Files.writeString(folder.resolve("file"), "not a directory");
    System.setProperty(DIRECTORY, file.resolve("below").toString());
    assertTrue(programs("fsrcnn-x4") > 0);
    assertTrue(programs("fsrcnn-x4") > 0);
  }

  /** Its values have no range to be measured by. */
  @Test
  void aFlatResultIsComparedAsItStands() {
    Weights good = ModelFiles.read("fsrcnn-x4");
    List<NamedTensor> zeros =
        good.tensors().stream()
            .map(t -> new NamedTensor(t.name(), t.dims(), new float[t.data().length]))
            .toList();
    float[] nearlyZero = new float[3 * 4 * 4 * 4 * 4];
    Arrays.fill(nearlyZero, 5e-5f);
    SelfCheck check = SelfCheck.of(4, 4, 4, new float[3 * 4 * 4], nearlyZero, 1);
    Weights flat = Weights.of("flat", good.metadata(), zeros).withSelfCheck(check);
    try (Engine java = Engine.open(Engine.JAVA, null)) {
      assertTrue(Model.of("flat", flat).selfCheck(java));
    }
  }

  @Test
  void aFalsifiedCheckStopsTheUpscalerEveryTime() throws IOException {
    String model = FalsifiedModel.in(folder).toString();
    for (int run = 0; run < 2; run++) {
      String message = assertThrows(SelfCheckException.class, () -> programs(model)).getMessage();
      for (String part : List.of(model, "off by", "driver", "-d java")) {
        assertTrue(message.contains(part), message);
      }
    }
    assertEquals(List.of(), notes());
    Upscaler.builder().model(model).device("java").build().close();
  }
}
