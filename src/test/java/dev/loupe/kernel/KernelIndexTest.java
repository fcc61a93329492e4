package dev.loupe.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.testing.EveryKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that the index in kernels/README.md tells the truth. */
class KernelIndexTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| `([^`]+\\.cl)` \\| (.+?) \\| (.+?) \\| (.+?) \\|$", Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  private static List<String> names(String cell) {
    return NAME.matcher(cell).results().map(name -> name.group(1)).toList();
  }

  @Test
  void theIndexNamesEveryFileEntryClassAndTest() throws IOException {
    Map<String, List<String>> expected = new TreeMap<>();
    EveryKernel.files().forEach(file -> expected.put(file, EveryKernel.entries(file)));
    Map<String, List<String>> listed = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("kernels/README.md")));
    while (row.find()) {
      listed.put(row.group(1), names(row.group(2)));
      for (String operator : names(row.group(3))) {
        assertExists("src/main/java/dev/loupe/", operator + ".java");
      }
      for (String test : names(row.group(4))) {
        assertExists("src/test/java/dev/loupe/", test + ".java");
      }
    }
    assertEquals(expected, listed);
  }

  /** Operators are in op; what only the trainer launches is in train. */
  private static void assertExists(String root, String file) {
    boolean found =
        Files.exists(Path.of(root, "op", file)) || Files.exists(Path.of(root, "train", file));
    assertTrue(found, file);
  }
}
