package dev.loupe.train;

import java.util.SplittableRandom;

/**
 * The choice of crops: picture, place and turn are drawn evenly, and of several so drawn the one
 * with the most detail is taken. They depend on nothing but the seed and the number of the
 * iteration, so that a resumed run sees the same ones.
 */
final class CropSampler {
  private static final int TURNS = 8;

  private final TrainingPictures pictures;
  private final CropShape shape;
  private final long seed;
  private final int candidates;

  /**
   * A choice of crops.
   *
   * @param candidates drawn for each crop of a batch, 1 for even chances
   */
  CropSampler(TrainingPictures pictures, CropShape shape, long seed, int candidates) {
    this.pictures = pictures;
    this.shape = shape;
    this.seed = seed;
    this.candidates = candidates;
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
      TrainingPicture.Crop best = draw(random);
      for (int i = 1; i < candidates; i++) {
        TrainingPicture.Crop other = draw(random);
        best = other.detail(shape.side()) > best.detail(shape.side()) ? other : best;
      }
      best.write(batch, shape, n);
    }
  }

  private TrainingPicture.Crop draw(SplittableRandom random) {
    TrainingPicture picture = pictures.get(random.nextInt(pictures.size()));
    int left = random.nextInt(picture.width() - shape.side() + 1);
    int top = random.nextInt(picture.height() - shape.side() + 1);
    return new TrainingPicture.Crop(picture, left, top, random.nextInt(TURNS));
  }
}
