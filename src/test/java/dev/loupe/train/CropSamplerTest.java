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
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the choice of crops. */
class CropSamplerTest {
  private static final CropShape SHAPE = new CropShape(16, 6, 2);
  private static final int RECOLOURED = 1000;
  private static final int FADED = 2000;

  @TempDir private Path folder;

  /** Left half flat, right half striped: detail of 100 and more only there. Colours differ by 1. */
  @BeforeEach
  void makePicture() {
    Image picture = Image.allocate(160, 40, 3, 8);
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 160; x++) {
        for (int c = 0; c < 3; c++) {
          picture.set(x, y, c, c + (x < 80 ? 90 : 50 + y / 4 % 2 * 150));
        }
      }
    }
    ImageWriter.write(picture, folder.resolve("picture.png"));
  }

  private static Colouring colouring(long iteration) {
    return new Colouring(
        iteration >= RECOLOURED && iteration < FADED ? 0.75 : 0, iteration >= FADED ? 0.5 : 0);
  }

  private byte[] lowRes(int candidates, long iteration) {
    TrainingPictures pictures =
        new TrainingPictures(List.of(folder), SHAPE, List.of(1.0), warning -> {});
    Batch batch = Batch.allocate(SHAPE);
    new CropSampler(pictures, SHAPE, 7, candidates, CropSamplerTest::colouring)
        .fill(batch, iteration);
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
        for (int i = n; i < low.length / 3; i += SHAPE.batch()) {
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

  /** Of three quarters a sixth is drawn the order it has. */
  @Test
  void coloursChangePlacesInTheShareOfCropsThatIsAskedFor() {
    int plane = SHAPE.side() * SHAPE.side() * SHAPE.batch();
    int recoloured = 0;
    Set<Integer> orders = new TreeSet<>();
    for (int i = 0; i < 20; i++) {
      byte[] low = lowRes(1, RECOLOURED + i);
      for (int n = 0; n < SHAPE.batch(); n++) {
        int order = 10 * (low[n + plane] - low[n]) + low[n + 2 * plane] - low[n];
        recoloured += order == 12 ? 0 : 1;
        orders.add(order);
      }
    }
    assertEquals(20 * SHAPE.batch() * 0.75 * 5 / 6, recoloured, 25);
    assertEquals(Set.of(12, 21, -9, 9, -21, -12), orders);
  }

  /** A faded crop's colours differ by other than 1, its stripes by less than they did. */
  @Test
  void cropsFadeTowardsAColourInTheShareThatIsAskedFor() {
    int plane = SHAPE.side() * SHAPE.side() * SHAPE.batch();
    int faded = 0;
    int extremes = 0;
    for (int i = 0; i < 20; i++) {
      byte[] low = lowRes(1, FADED + i);
      for (int n = 0; n < SHAPE.batch(); n++) {
        boolean own = low[n + plane] - low[n] == 1 && low[n + 2 * plane] - low[n] == 2;
        faded += own ? 0 : 1;
        int sample = Byte.toUnsignedInt(low[n]);
        extremes += sample < 20 || sample > 235 ? 1 : 0;
      }
    }
    assertEquals(20 * SHAPE.batch() * 0.5, faded, 25);
    assertTrue(extremes > 5, "crops nearly black or white in red: " + extremes);
  }

  @Test
  void aTintKeepsTheRangeAndIsLinear() {
    byte[] samples = {0, (byte) 255, 100};
    Tint half = new Tint(new int[] {1, 0, 2}, new int[] {255, 0, 200}, 128);
    assertEquals((byte) 255, half.of(samples, 0, 0));
    assertEquals(0, half.of(samples, 0, 1));
    assertEquals((byte) 150, half.of(samples, 0, 2));
    Tint flat = new Tint(new int[] {0, 1, 2}, new int[] {3, 4, 5}, 0);
    assertEquals(4, flat.of(samples, 0, 1));
    assertEquals((byte) 255, Tint.ordered(0, 1, 2).of(samples, 0, 1));
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
