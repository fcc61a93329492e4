package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnCpuAndGpuClass;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests of {@link ListedCells}: drawn without repeats, the same each time, copied exactly. */
@OnCpuAndGpuClass
class ListedCellsTest {
  private final DeviceFixture device;

  ListedCellsTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  @Test
  void devicesCopyTheList() {
    for (int k : new int[] {1, 63, 64, 65, 997}) {
      device.checkExact(ListedCells.random(k, 1000, 5));
    }
  }

  @Test
  void randomCellsAreDistinctAscendingAndOfTheSeed() {
    int[] cells = Indices.fromTensor(ListedCells.random(300, 1000, 5).reference(List.of()));
    assertEquals(300, IntStream.of(cells).distinct().filter(i -> i >= 0 && i < 1000).count());
    assertArrayEquals(IntStream.of(cells).sorted().toArray(), cells);
    int[] again = Indices.fromTensor(ListedCells.random(300, 1000, 5).cells());
    assertArrayEquals(cells, again);
    int[] other = Indices.fromTensor(ListedCells.random(300, 1000, 6).cells());
    assertFalse(Arrays.equals(cells, other));
    int[] all = Indices.fromTensor(ListedCells.random(1000, 1000, 6).cells());
    assertArrayEquals(IntStream.range(0, 1000).toArray(), all);
  }
}
