package dev.loupe.train;

import java.util.SplittableRandom;

/**
 * The choice of crops: picture, place and turn are drawn evenly, and depend on nothing but the seed
 * and the number of the iteration, so that a resumed run sees the same ones.
 */
final class CropSampler {
  private static final int TURNS = 8;

  private final TrainingPictures pictures;
  private final CropShape shape;
  private final long seed;

  CropSampler(TrainingPictures pictures, CropShape shape, long seed) {
    this.pictures = pictures;
    this.shape = shape;
    this.seed = seed;
  }

  CropShape shape() {
    return shape;
  }

  /** Fills {@code batch} with the crops of iteration {@code iteration}. */
  void fill(Batch batch, long iteration) {
    // The generator scrambles its seed well, so that neighbouring iterations have nothing in
    // common.
    long mixed = new SplittableRandom(seed).nextLong() + iteration;
    SplittableRandom random = new SplittableRandom(mixed).split();
    for (int n = 0; n < shape.batch(); n++) {
      TrainingPicture picture = pictures.get(random.nextInt(pictures.size()));
      int left = random.nextInt(picture.width() - shape.side() + 1);
      int top = random.nextInt(picture.height() - shape.side() + 1);
      new TrainingPicture.Crop(picture, left, top, random.nextInt(TURNS)).write(batch, shape, n);
    }
  }
}
