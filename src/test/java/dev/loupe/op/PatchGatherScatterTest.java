package dev.loupe.op;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.DeviceFixture;
import dev.loupe.testing.OnEveryDeviceClass;
import dev.loupe.testing.Tensors;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests of {@link PatchGather} and {@link PatchScatter} against their references. */
@OnEveryDeviceClass
class PatchGatherScatterTest {
  /** Frames with whole and with partial cells, some smaller than one. */
  private static final int[][] FRAMES = {{1, 1}, {3, 2}, {4, 4}, {5, 61}, {23, 7}, {17, 33}};

  private final DeviceFixture device;

  PatchGatherScatterTest(String deviceClass) {
    device = DeviceFixture.of(deviceClass);
  }

  /** A random choice of cells, ascending, the last one (bottom right) among them. */
  private static int[] cells(int[] frame, int patch, double share) {
    int cells = ((frame[0] + patch - 1) / patch) * ((frame[1] + patch - 1) / patch);
    Random random = new Random(cells);
    return IntStream.range(0, cells)
        .filter(i -> i == cells - 1 || random.nextDouble() < share)
        .toArray();
  }

  private void gather(int patch, int halo, int batch, double share) {
    for (int[] size : FRAMES) {
      FloatTensor frame = Tensors.random(3, Shape.frame(3, size[0], size[1]));
      int[] cells = cells(size, patch, share);
      for (int first = 0; first < cells.length; first += batch) {
        PatchGather gather = new PatchGather(patch, halo, first, batch);
        device.checkExact(gather, Operand.frame(frame), Operand.indices(cells));
      }
    }
  }

  private void scatter(int patch, double share) {
    for (int[] size : FRAMES) {
      FloatTensor frame = Tensors.random(4, Shape.frame(3, size[0], size[1]));
      int[] cells = cells(size, patch, share);
      FloatTensor patches = Tensors.random(5, new Shape(cells.length, 3, patch, patch));
      device.checkExact(
          new PatchScatter(patch),
          Operand.frame(frame),
          Operand.patches(patches),
          Operand.indices(cells));
    }
  }

  @Test
  void gatherOfBatchesThatEndBeyondTheList() {
    for (int batch : new int[] {1, 15, 16, 17, 100}) {
      gather(4, 1, batch, 0.6);
    }
  }

  @Test
  void gatherOfEveryCell() {
    gather(4, 1, 100, 1);
    gather(4, 0, 7, 1);
    gather(2, 3, 33, 1);
  }

  @Test
  void scatterOfSomeCells() {
    for (double share : new double[] {0, 0.1, 0.6}) {
      scatter(4, share);
    }
  }

  @Test
  void scatterOfEveryCell() {
    scatter(4, 1);
    scatter(3, 1);
  }

  @Test
  void patchesThatDoNotFitAreRefused() {
    TensorType frame = TensorType.frame(3, 8, 8);
    TensorType cells = new TensorType(Shape.frame(1, 1, 4), Layout.INDICES);
    TensorType wide = new TensorType(new Shape(4, 3, 4, 5), Layout.PATCHES);
    assertThrows(
        IllegalArgumentException.class,
        () -> new PatchScatter(4).output(List.of(frame, wide, cells)));
    TensorType deep = new TensorType(new Shape(4, 2, 4, 4), Layout.PATCHES);
    assertThrows(
        IllegalArgumentException.class,
        () -> new PatchScatter(4).output(List.of(frame, deep, cells)));
  }
}
