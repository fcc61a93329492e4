package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.Image;
import dev.loupe.image.ImageWriter;
import dev.loupe.testing.SharedContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of the device that a script names once, in a process of its own. */
class DeviceOptionsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "java, , 0, device plain Java",
    "none such, java, 0, device plain Java",
    "none such, , 2, none such",
    "java, none such, 2, none such",
    "'', java, 0, device plain Java",
    "java, '', 2, matches"
  })
  void theVariableCountsWhereNoOptionDoes(String variable, String option, int code, String told)
      throws IOException, InterruptedException {
    SharedContext.get("lwjgl"); // skips where there is no device
    Path picture = folder.resolve("a.png");
    ImageWriter.write(Image.allocate(2, 2, 3, 8), picture);
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(List.of(java.toString(), "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("upscale", picture.toString(), "-o", folder.resolve("b.png") + ""));
    if (option != null) {
      command.addAll(List.of("-d", option));
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LOUPE_DEVICE", variable);
    Process process = builder.start();
    byte[] said = process.getInputStream().readAllBytes();
    String text = new String(said, StandardCharsets.UTF_8);
    assertEquals(code, process.waitFor(), text);
    assertTrue(text.contains(told), text);
  }
}
