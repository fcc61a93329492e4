package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs compiled by another process, and by this one where that has ended. */
@Tag("device")
class CompilerProcessTest {
  private static final String CLASS_PATH = "java.class.path";

  @TempDir Path directory;

  private final Device device = ClContractTest.load("lwjgl").select(null);

  private static ProgramSource good(int value) {
    String text = "kernel void put(global int *dst) { dst[0] = " + value + "; } // Größe";
    return new ProgramSource("put" + value, text);
  }

  @Test
  void itsProgramsAreFoundInTheCache() throws IOException {
    try (Context context = Context.create(device, ProgramCache.in(directory));
        CompilerProcess process = CompilerProcess.start(device, directory)) {
      assertTrue(context.isMissing(good(1)));
      assertTrue(process.compile(good(1)));
      assertFalse(process.compile(new ProgramSource("bad", "kernel void bad( {")));
      assertTrue(process.compile(good(2)));
      assertFalse(context.isMissing(good(1)));
      assertFalse(context.isMissing(good(2)));
      try (Program program = context.build(good(1))) {
        program.kernel("put").close();
      }
    }
  }

  @Test
  void onceEndedItCompilesNoMore() throws IOException {
    CompilerProcess process = CompilerProcess.start(device, directory);
    process.close();
    process.close();
    assertThrows(IOException.class, () -> process.compile(good(3)));
  }

  @Test
  void whereItCannotRunEveryProgramIsCompiledAllTheSame() {
    String classPath = System.getProperty(CLASS_PATH);
    List<ProgramSource> sources =
        IntStream.range(0, 6).mapToObj(CompilerProcessTest::good).toList();
    List<Integer> heard = new ArrayList<>();
    System.setProperty(CLASS_PATH, directory.toString());
    try (Context context = Context.create(device, ProgramCache.in(directory))) {
      context.compile(sources, (done, all) -> heard.add(done));
      assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), heard);
      assertTrue(sources.stream().noneMatch(context::isMissing));
    } finally {
      System.setProperty(CLASS_PATH, classPath);
    }
  }
}
