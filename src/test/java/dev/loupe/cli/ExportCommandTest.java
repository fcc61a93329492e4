package dev.loupe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@code loupe export}. */
class ExportCommandTest {
  @TempDir Path folder;

  @Test
  void writesOneFile() throws IOException {
    Path file = folder.resolve("net.onnx");
    Files.writeString(file, "older");
    Map<String, Object> any = CommandLineRun.of("export", "-o", file, "--json").succeeds().json();
    assertEquals("base", any.get("variant"));
    assertEquals("any", any.get("size"));
    assertEquals((int) Files.size(file), any.get("bytes"));
    CommandLineRun fixed =
        CommandLineRun.of("export", "--variant", "full", "--size", "40x30", "-o", file).succeeds();
    assertTrue(fixed.out().contains("variant full, input size 40x30"), fixed::out);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void whatCannotBeExportedIsRefused() throws IOException {
    Path file = folder.resolve("net.onnx");
    CommandLineRun.of("export", "--variant", "mask", "-o", file)
        .isRefused("'mask'", "base or full");
    CommandLineRun.of("export", "-m", "nosuch", "-o", file).isRefused("nosuch");
    CommandLineRun.of("export", "-o", folder.resolve("none/net.onnx")).isRefused("none/net.onnx");
    CommandLineRun.of("export", "-o", folder).isRefused("-o " + folder, "name a file");
    CommandLineRun.of("export").isRefused("--output");
    CommandLineRun.of("export", "-o", "-").isRefused("-o -", "name another");
    CommandLineRun.of("export", "-o", folder.resolve("net.pb")).isRefused("net.pb", ".onnx");
    Path model = Files.copy(Path.of("weights/fsrcnn-x4.safetensors"), folder.resolve("my.onnx"));
    Path link = Files.createSymbolicLink(folder.resolve("link.safetensors"), model);
    CommandLineRun.of("export", "-m", link, "-o", model).isRefused("would overwrite", link);
    assertFalse(Files.exists(file));
  }
}
