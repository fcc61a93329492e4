package dev.loupe.reference;

import static dev.loupe.testing.TensorAssert.assertClose;
import static dev.loupe.testing.Tensors.ramp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.loupe.tensor.FloatTensor;
import dev.loupe.tensor.Shape;
import dev.loupe.testing.Tensors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of PatchGatherReference and PatchScatterReference, which undo one another. */
class PatchReferenceTest {
  private static final FloatTensor NINE =
      Tensors.of(Shape.frame(1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);

  @Test
  void gathersWithHaloAndZerosOutside() {
    // Cells of size 2 on a 3x3 image: 0 and 3 are the corners; cell 3 has one real pixel, 9.
    assertClose(
        Tensors.of(
            new Shape(2, 1, 4, 4),
            0,
            0,
            0,
            0,
            0,
            1,
            2,
            3,
            0,
            4,
            5,
            6,
            0,
            7,
            8,
            9, //
            5,
            6,
            0,
            0,
            8,
            9,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0),
        PatchGatherReference.forward(NINE, new int[] {0, 3}, 2, 1),
        0,
        0);
  }

  @Test
  void scattersRealPixelsOnly() {
    FloatTensor patches = Tensors.of(new Shape(2, 1, 2, 2), -1, -2, -3, -4, -5, -6, -7, -8);
    FloatTensor before = NINE.copy();
    assertClose(
        Tensors.of(Shape.frame(1, 3, 3), 1, 2, -1, 4, 5, -3, 7, 8, -5),
        PatchScatterReference.forward(NINE, patches, new int[] {1, 3}),
        0,
        0);
    assertClose(before, NINE, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 4", "7, 5, 1", "7, 5, 2", "8, 8, 4", "9, 17, 4", "3, 5, 8"})
  void scatteringAllGatheredPatchesRebuildsTheImage(int h, int w, int patch) {
    FloatTensor image = Tensors.random(1, Shape.frame(3, h, w));
    int cells = ((h + patch - 1) / patch) * ((w + patch - 1) / patch);
    int[] all = IntStream.range(0, cells).toArray();
    FloatTensor patches = PatchGatherReference.forward(image, all, patch, 0);
    FloatTensor zeros = FloatTensor.zeros(image.shape());
    assertClose(image, PatchScatterReference.forward(zeros, patches, all), 0, 0);
  }

  @Test
  void theHaloSurroundsThePatch() {
    FloatTensor image = Tensors.random(2, Shape.frame(2, 13, 11));
    int[] indices = {0, 2, 5, 11};
    FloatTensor plain = PatchGatherReference.forward(image, indices, 4, 0);
    FloatTensor ringed = PatchGatherReference.forward(image, indices, 4, 3);
    assertEquals(new Shape(4, 2, 10, 10), ringed.shape());
    for (int i = 0; i < plain.data().length; i++) {
      int x = i % 4;
      int y = i / 4 % 4;
      assertEquals(plain.data()[i], ringed.get(i / 32, i / 16 % 2, y + 3, x + 3));
    }
    // Cell 5 is (1, 2), at pixels (4, 8): its halo starts at (1, 5).
    assertEquals(image.get(0, 1, 1, 5), ringed.get(2, 1, 0, 0));
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertRefused(() -> PatchGatherReference.forward(NINE, new int[] {4}, 2, 1));
    assertRefused(() -> PatchGatherReference.forward(NINE, new int[] {-1}, 2, 1));
    assertRefused(() -> PatchGatherReference.forward(NINE, new int[] {}, 2, 1));
    assertRefused(() -> PatchGatherReference.forward(NINE, new int[] {0}, 0, 1));
    assertRefused(() -> PatchGatherReference.forward(ramp(2, 1, 3, 3), new int[] {0}, 2, 1));
    assertRefused(() -> PatchScatterReference.forward(NINE, ramp(1, 1, 2, 2), new int[] {0, 1}));
    assertRefused(() -> PatchScatterReference.forward(NINE, ramp(1, 1, 2, 3), new int[] {0}));
    assertRefused(() -> PatchScatterReference.forward(NINE, ramp(2, 1, 2, 2), new int[] {1, 1}));
    assertRefused(() -> PatchScatterReference.forward(NINE, ramp(1, 1, 2, 2), new int[] {4}));
  }

  private static void assertRefused(Runnable call) {
    assertThrows(IllegalArgumentException.class, call::run);
  }
}
