package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.Image;
import dev.loupe.image.ImageWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the choice of crops. */
class CropSamplerTest {
  private static final CropShape SHAPE = new CropShape(16, 6, 2);

  @TempDir private Path folder;

  /** Left half flat, right half striped: detail of 100 and more only there. */
  @BeforeEach
  void makePicture() {
    Image picture = Image.allocate(160, 40, 3, 8);
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 160; x++) {
        for (int c = 0; c < 3; c++) {
          picture.set(x, y, c, x < 80 ? 90 : y / 4 % 2 * 200);
        }
      }
    }
    ImageWriter.write(picture, folder.resolve("picture.png"));
  }

  private byte[] lowRes(int candidates, long iteration) {
    TrainingPictures pictures = new TrainingPictures(List.of(folder), SHAPE, warning -> {});
    Batch batch = Batch.allocate(SHAPE);
    new CropSampler(pictures, SHAPE, 7, candidates).fill(batch, iteration);
    ByteBuffer samples = batch.lowRes();
    byte[] bytes = new byte[samples.capacity()];
    samples.get(bytes);
    return bytes;
  }

  private int flat(int candidates) {
    int flat = 0;
    for (int iteration = 0; iteration < 20; iteration++) {
      byte[] low = lowRes(candidates, iteration);
      for (int n = 0; n < SHAPE.batch(); n++) {
        boolean same = true;
        for (int i = n; i < low.length; i += SHAPE.batch()) {
          same &= low[i] == low[n];
        }
        flat += same ? 1 : 0;
      }
    }
    return flat;
  }

  @Test
  void anIterationHasTheSameCropsEachTime() {
    for (int candidates : new int[] {1, 3}) {
      assertArrayEquals(lowRes(candidates, 5), lowRes(candidates, 5));
      assertFalse(Arrays.equals(lowRes(candidates, 5), lowRes(candidates, 6)));
    }
  }

  @Test
  void ofSeveralCandidatesTheOneWithTheMostDetailIsTaken() {
    int crops = 20 * SHAPE.batch();
    int even = flat(1);
    assertTrue(even > crops / 3 && even < crops / 2, "flat crops by even chances: " + even);
    double each = even / (double) crops;
    assertEquals(crops * each * each * each * each, flat(4), crops * 0.03);
  }
}
