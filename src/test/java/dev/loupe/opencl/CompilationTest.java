package dev.loupe.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs compiled side by side: they lie in the cache, and refused ones do no harm. */
class CompilationTest {
  private static final ProgramSource BAD = new ProgramSource("bad", "kernel void bad( {");

  @TempDir Path directory;

  private static ProgramSource good(int value) {
    String text = "kernel void put(global int *dst) { dst[0] = " + value + "; }";
    return new ProgramSource("put" + value, text);
  }

  @Tag("device")
  @Test
  void allAreCachedButTheRefused() {
    Device device = ClContractTest.load("lwjgl").select(null);
    List<String> heard = new ArrayList<>();
    try (Context context = Context.create(device, ProgramCache.in(directory))) {
      assertTrue(context.isMissing(good(1)));
      context.compile(
          List.of(good(1), BAD, good(2), good(3)), (done, all) -> heard.add(done + " of " + all));
      assertEquals(List.of("0 of 4", "1 of 4", "2 of 4", "3 of 4", "4 of 4"), heard);
      assertEquals(List.of(), context.openObjects());
      for (int i = 1; i <= 3; i++) {
        assertFalse(context.isMissing(good(i)), "program " + i);
      }
      assertTrue(context.isMissing(BAD));
      assertThrows(BuildException.class, () -> context.build(BAD));
    }
  }

  /** As {@link dev.loupe.guided.Progress} promises, at whatever program it is. */
  @Tag("device")
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void whatTheListenerThrowsStopsIt(int program) {
    Device device = ClContractTest.load("lwjgl").select(null);
    List<Integer> heard = new ArrayList<>();
    BuildListener listener =
        (done, all) -> {
          heard.add(done);
          if (done == program) {
            throw new CancellationException("enough");
          }
        };
    try (Context context = Context.create(device, ProgramCache.in(directory))) {
      int many = 10 * Runtime.getRuntime().availableProcessors();
      List<ProgramSource> sources =
          IntStream.range(0, many).mapToObj(CompilationTest::good).toList();
      assertThrows(CancellationException.class, () -> context.compile(sources, listener));
      assertEquals(program + 1, heard.size(), heard::toString);
      long left = sources.stream().filter(context::isMissing).count();
      assertTrue(left > many / 2, left + " of " + many + " are not compiled");
      assertEquals(List.of(), context.openObjects());
    }
  }

  @Test
  void withoutACacheNothingIsDone() {
    assertNotCompiledAhead(ProgramCache.none(), false);
  }

  /** It would be compiled for nothing, and again by build(). */
  @Test
  void whereTheCacheCannotBeWrittenNothingIsDone() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    assertNotCompiledAhead(ProgramCache.in(file.resolve("below")), true);
  }

  private static void assertNotCompiledAhead(ProgramCache cache, boolean missing) {
    NullBinding nothing = new NullBinding();
    try (Context context = Context.create(OpenCl.of(nothing).select(null), cache)) {
      assertEquals(missing, context.isMissing(good(1)));
      context.compile(List.of(good(1)), BuildListener.NONE);
      assertEquals(0, nothing.builds());
    }
  }
}
