package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.kernel.KernelLibrary;
import dev.loupe.kernel.Tuning;
import dev.loupe.opencl.CommandQueue;
import dev.loupe.opencl.Context;
import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.SharedContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests of {@link SelfTest}. */
class SelfTestTest {
  @Test
  @Tag("device")
  void soundDevicePasses() {
    Context context = SharedContext.get("lwjgl");
    try (KernelLibrary library = new KernelLibrary(context);
        CommandQueue queue = context.queue()) {
      for (Precision precision : Precision.values()) {
        List<SelfTest.Result> failed =
            SelfTest.run(library, queue, precision).stream()
                .filter(result -> !result.passed())
                .toList();
        assertEquals(List.of(), failed);
      }
    }
  }

  /** As of drivers that tell only once a kernel is compiled how few work-items may share it. */
  @Test
  @Tag("device")
  void groupsBeyondTheKernelsLimitAreMadeSmaller() {
    Context context = SharedContext.get("lwjgl");
    int tooMany = 4 * Math.toIntExact(context.device().compute().maxWorkGroup());
    Tuning tuning = Tuning.forClass("gpu");
    for (String name : List.of("workGroup", "reduceGroup", "tile.items", "tile.resident")) {
      tuning = tuning.with(name, tooMany);
    }
    Set<String> grouped = Set.of("top_k", "global_average", "scale_channels", "conv2d");
    try (KernelLibrary library = new KernelLibrary(context, tuning);
        CommandQueue queue = context.queue()) {
      Map<String, SelfTestCases.Case> firsts = new LinkedHashMap<>();
      SelfTestCases.inference().forEach(c -> firsts.putIfAbsent(c.operator().name(), c));
      assertTrue(firsts.keySet().containsAll(grouped));
      for (String name : grouped) {
        SelfTest.Result result = SelfTest.run(library, queue, firsts.get(name));
        assertTrue(result.passed(), result.toString());
      }
    }
  }

  @Test
  void differenceSeesNanAndIsRelativeBeyondOne() {
    FloatTensor expected = tensor(0.5f, 100f);
    assertEquals(0, SelfTest.difference(expected, tensor(0.5f, 100f)));
    assertEquals(0.25, SelfTest.difference(expected, tensor(0.75f, 100f)));
    assertEquals(0.5, SelfTest.difference(expected, tensor(0.5f, 50f)));
    double unwritten = SelfTest.difference(expected, tensor(Float.NaN, 100f));
    assertFalse(new SelfTest.Result("conv2d", "", unwritten, 1e-4, "").passed());
  }

  private static FloatTensor tensor(float... values) {
    return new FloatTensor(Shape.frame(1, 1, values.length), values);
  }
}
