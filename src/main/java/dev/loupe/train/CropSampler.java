package dev.loupe.train;

import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * The choice of crops: picture, place and turn are drawn evenly, and of several so drawn the one
 * with the most detail is taken; the colours of some are changed. They depend on nothing but the
 * seed and the number of the iteration, so that a resumed run sees the same ones.
 */
final class CropSampler {
  private static final int TURNS = 8;

  private final TrainingPictures pictures;
  private final CropShape shape;
  private final long seed;
  private final int candidates;
  private final LongFunction<Colouring> colouring;

  /**
   * A choice of crops.
   *
   * @param candidates drawn for each crop of a batch, 1 for even chances
   * @param colouring of an iteration's crops
   */
  CropSampler(
      TrainingPictures pictures,
      CropShape shape,
      long seed,
      int candidates,
      LongFunction<Colouring> colouring) {
    this.pictures = pictures;
    this.shape = shape;
    this.seed = seed;
    this.candidates = candidates;
    this.colouring = colouring;
  }

  CropShape shape() {
    return shape;
  }

  /**
   * Fills {@code batch} with the crops of iteration {@code iteration}.
   *
   * @throws IllegalStateException if the thread is interrupted, as the rest may take long to read
   */
  void fill(Batch batch, long iteration) {
    // The generator scrambles its seed well, so that neighbouring iterations have nothing in
    // common.
    long mixed = new SplittableRandom(seed).nextLong() + iteration;
    SplittableRandom random = new SplittableRandom(mixed).split();
    Colouring colours = colouring.apply(iteration);
    for (int n = 0; n < shape.batch(); n++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while it cut crops");
      }
      TrainingPicture.Crop best = draw(random);
      for (int i = 1; i < candidates; i++) {
        TrainingPicture.Crop other = draw(random);
        best = other.detail(shape.side()) > best.detail(shape.side()) ? other : best;
      }
      best.write(batch, shape, n, colours.draw(random));
    }
  }

  private TrainingPicture.Crop draw(SplittableRandom random) {
    TrainingPicture picture = pictures.draw(random);
    int left = random.nextInt(picture.width() - shape.side() + 1);
    int top = random.nextInt(picture.height() - shape.side() + 1);
    return new TrainingPicture.Crop(picture, left, top, random.nextInt(TURNS));
  }
}
