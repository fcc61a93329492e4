package dev.loupe.guided;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.network.Fsrcnn;
import dev.loupe.network.Network;
import dev.loupe.network.RandomWeights;
import dev.loupe.network.Rcan;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.opencl.OpenCl;
import dev.loupe.opencl.ProgramCache;
import dev.loupe.testing.SharedContext;
import dev.loupe.weights.Variant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forecast of a frame's programs: all are compiled ahead, at one go, and only once. */
@Tag("device")
class ProgramForecastTest {
  @TempDir Path directory;

  private int programs(Network network, List<String> heard) {
    SharedContext.get("lwjgl"); // skips without a device
    GuidedScheme scheme = new GuidedScheme(network, new RandomWeights(5, 0.5f), 4, 1f, 64);
    FrameSpec spec = FrameSpec.floats(19, 17, Variant.MASK, PatchCount.of(3));
    try (Context context =
            Context.create(OpenCl.load("lwjgl").select(null), ProgramCache.in(directory));
        KernelLibrary library = new KernelLibrary(context);
        CommandQueue queue = context.queue()) {
      library.listen((done, all) -> heard.add(done + " of " + all));
      Engines.whole(scheme.build(spec), library, queue).close();
      return library.size();
    }
  }

  @Test
  void everyProgramOfAFrameIsCompiledAhead() {
    List<String> heard = new ArrayList<>();
    int programs = programs(Fsrcnn.ofScale(2), heard);
    assertEquals("0 of " + programs, heard.get(0));
    assertEquals(programs + " of " + programs, heard.get(heard.size() - 1));
    heard.clear();
    programs(Fsrcnn.ofScale(2), heard);
    assertEquals(List.of(), heard, "the second run finds all of them");
    // Shares pixels and selection with FSRCNN; convolutions, by Winograd, are its own.
    programs = programs(new Rcan(2, 1, 1, 1, 1), heard);
    int missing = heard.size() - 1;
    assertTrue(missing > 0 && missing < programs, missing + " of " + programs);
    assertEquals(missing + " of " + missing, heard.get(missing));
  }
}
