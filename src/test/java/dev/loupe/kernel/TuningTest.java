package dev.loupe.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.op.TensorView;
import dev.loupe.opencl.Device;
import dev.loupe.opencl.NullBinding;
import dev.loupe.opencl.OpenCl;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of {@link Tuning}. */
class TuningTest {
  @ParameterizedTest
  @ValueSource(strings = {"cpu-16", "cpu-8", "cpu-4", "gpu"})
  void blocksFitTheRegistersAndTheSlack(String deviceClass) {
    Tuning tuning = Tuning.forClass(deviceClass);
    assertEquals(deviceClass, tuning.deviceClass());
    assertTrue(Set.of(1, 2, 4, 8, 16).contains(tuning.lanes()));
    for (int vectors = 1; vectors <= 8; vectors++) {
      for (int channels = 1; channels <= 256; channels++) {
        Tuning.Block block = tuning.block(channels, vectors);
        assertTrue(block.channels() >= 1 && block.channels() <= channels, block.toString());
        assertTrue(block.vectors() >= 1 && block.vectors() <= vectors, block.toString());
        int held = block.channels() * block.vectors();
        assertTrue(held <= tuning.accumulators(), () -> block + " holds " + held);
        // The last element of a row may begin a block; 16 more for the widest window's reach.
        assertTrue(block.vectors() * tuning.lanes() + 16 <= TensorView.SLACK, block.toString());
      }
    }
  }

  @Test
  void aDeviceThatIsNoCpuTakesTheGpuRow() {
    Device device = OpenCl.of(new NullBinding()).select(null);
    assertEquals("gpu", Tuning.of(device).deviceClass());
  }

  @Test
  void aForcedClassGoesBeforeTheDevices() {
    Device device = OpenCl.of(new NullBinding()).select(null);
    System.setProperty(Tuning.CLASS_PROPERTY, "cpu-4");
    try {
      assertEquals("cpu-4", Tuning.of(device).deviceClass());
    } finally {
      System.clearProperty(Tuning.CLASS_PROPERTY);
    }
  }

  @Test
  void oneNumberIsChanged() {
    Tuning tuning = Tuning.forClass("gpu");
    assertEquals(4, tuning.with("tile.rows", 4).tile().rows());
    assertEquals(tuning, tuning.with("tile.rows", 4).with("tile.rows", tuning.tile().rows()));
    assertEquals(32, tuning.with("workGroup", 32).workGroup());
    assertThrows(IllegalArgumentException.class, () -> tuning.with("lanes", 3));
    assertThrows(IllegalArgumentException.class, () -> tuning.with("tile.rows", 0));
    Tuning cpu = Tuning.forClass("cpu-8");
    assertEquals(0, cpu.withoutWinograd().winogradVectors());
    assertThrows(IllegalArgumentException.class, () -> cpu.with("tile.rows", 4));
  }

  @Test
  void groupsAreNoLargerThanTheDeviceRuns() {
    Tuning tuning = Tuning.forClass("gpu").withGroupsUpTo(64);
    assertEquals(64, tuning.reduceGroup());
    assertEquals(64, tuning.tile().items());
    assertEquals(64, tuning.workGroup());
    assertEquals(Tuning.forClass("gpu"), Tuning.forClass("gpu").withGroupsUpTo(1024));
    assertEquals(Tuning.forClass("cpu-8"), Tuning.forClass("cpu-8").withGroupsUpTo(64));
  }

  @Test
  void gpusMoveFourLanesAtOnceAndCpusAllOfAVector() {
    assertEquals(4, Tuning.forClass("gpu").movedLanes());
    assertEquals(1, Tuning.forClass("gpu").withGroupsUpTo(1).movedLanes());
    assertEquals(16, Tuning.forClass("cpu-16").movedLanes());
  }

  @Test
  void anUnknownClassIsNamed() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Tuning.forClass("tpu")).getMessage();
    assertTrue(message.contains("tpu"), message);
  }

  @Test
  void bandsOfAVeryWideFrameAreNoLowerThanATile() {
    Tuning cpu = Tuning.forClass("cpu-16");
    assertEquals(16, cpu.band(540, 1024));
    assertEquals(4, cpu.band(9000, 12000));
    assertEquals(0, cpu.band(10, 960));
    assertEquals(0, Tuning.forClass("gpu").band(9000, 12000));
  }

  @Test
  void matrixUnitsAreAllThatSetsTheirClassApart() {
    Map<String, Integer> plain = Tuning.forClass("gpu").parameters();
    Map<String, Integer> matrix = new LinkedHashMap<>(Tuning.forClass("gpu-matrix").parameters());
    assertTrue(matrix.keySet().removeIf(name -> name.startsWith("matrix.")));
    assertEquals(plain, matrix);
  }
}
