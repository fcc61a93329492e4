package dev.loupe.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.testing.EveryKernel;
import org.junit.jupiter.api.Test;

/** Tests of {@link KernelSource}. */
class KernelSourceTest {
  @Test
  void everyIncludeIsPastedOnce() {
    for (String file : EveryKernel.files()) {
      String source = KernelSource.load(file);
      assertFalse(source.contains("#include"), file);
      String mark = "typedef float real_v;";
      // A kernel with no vectors includes nothing.
      assertEquals(source.indexOf(mark), source.lastIndexOf(mark), file);
    }
  }

  @Test
  void anIncludeStandsWhereItWasNamed() {
    String source = KernelSource.load("pointwise/activation.cl");
    assertTrue(source.indexOf("real_v activate(") > source.indexOf("typedef float real_v;"));
    assertTrue(source.indexOf("__kernel void activation(") > source.indexOf("real_v activate("));
  }

  @Test
  void aMissingFileIsNamed() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> KernelSource.load("conv/none.cl"))
            .getMessage();
    assertEquals("kernel file kernels/conv/none.cl is not packaged", message);
  }
}
