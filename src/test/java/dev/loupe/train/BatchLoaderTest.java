package dev.loupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.loupe.image.Image;
import dev.loupe.image.ImageWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@link BatchLoader}. */
class BatchLoaderTest {
  private static final CropShape SHAPE = new CropShape(16, 6, 2);

  @TempDir private Path folder;

  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

  /** With room for one picture: the others are read again and again. */
  private CropSampler sampler() {
    TrainingPictures pictures =
        new TrainingPictures(List.of(folder), SHAPE, List.of(1.0, 0.7), warnings::add, 1);
    return new CropSampler(pictures, SHAPE, 7, 1, i -> Colouring.NONE);
  }

  private void writePictures(int count) {
    Random random = new Random(1);
    for (int i = 0; i < count; i++) {
      Image picture = Image.allocate(40, 40, 3, 8);
      for (int at = 0; at < 40 * 40 * 3; at++) {
        picture.set(at / 3 % 40, at / 120, at % 3, random.nextInt(256));
      }
      ImageWriter.write(picture, folder.resolve(i + ".png"));
    }
  }

  private static String digest(Batch batch) {
    ByteBuffer low = batch.lowRes().duplicate().rewind();
    ByteBuffer high = batch.highRes().duplicate().rewind();
    return low.hashCode() + " " + high.hashCode();
  }

  @Test
  void batchesComeInTheOrderOfTheirIterations() throws IOException {
    writePictures(9);
    Files.writeString(folder.resolve("broken.png"), "no picture");
    CropSampler expected = sampler();
    Batch batch = Batch.allocate(SHAPE);
    expected.fill(batch, 0);
    warnings.clear();
    try (BatchLoader loader = new BatchLoader(sampler(), 3, 8)) {
      for (int iteration = 3; iteration < 60; iteration++) {
        expected.fill(batch, iteration);
        Batch next = loader.next();
        assertEquals(digest(batch), digest(next), "iteration " + iteration);
        loader.release(next);
      }
    }
    assertEquals(1, warnings.stream().filter(text -> text.contains("broken.png")).count());
  }

  @Test
  void whatGoesWrongInAThreadIsSaidToTheCaller() throws IOException {
    Files.writeString(folder.resolve("broken.png"), "no picture");
    try (BatchLoader loader = new BatchLoader(sampler(), 0, 8)) {
      String message = assertThrows(IllegalArgumentException.class, loader::next).getMessage();
      assertTrue(message.contains("broken.png"), message);
    }
  }
}
