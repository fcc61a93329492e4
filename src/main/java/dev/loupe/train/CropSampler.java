package dev.loupe.train;

import java.util.SplittableRandom;
import java.util.function.LongToDoubleFunction;

/**
 * The choice of crops: picture, place and turn are drawn evenly, and of several so drawn the one
 * with the most detail is taken; the colours of some change places. They depend on nothing but the
 * seed and the number of the iteration, so that a resumed run sees the same ones.
 */
final class CropSampler {
  private static final int TURNS = 8;

  /** The orders of red, green and blue, their own first. */
  private static final int[][] COLOURS = {
    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
  };

  private final TrainingPictures pictures;
  private final CropShape shape;
  private final long seed;
  private final int candidates;
  private final LongToDoubleFunction recolour;

  /**
   * A choice of crops.
   *
   * @param candidates drawn for each crop of a batch, 1 for even chances
   * @param recolour the share of an iteration's crops that are drawn an order of their colours
   */
  CropSampler(
      TrainingPictures pictures,
      CropShape shape,
      long seed,
      int candidates,
      LongToDoubleFunction recolour) {
    this.pictures = pictures;
    this.shape = shape;
    this.seed = seed;
    this.candidates = candidates;
    this.recolour = recolour;
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
    double share = recolour.applyAsDouble(iteration);
    for (int n = 0; n < shape.batch(); n++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted while it cut crops");
      }
      TrainingPicture.Crop best = draw(random);
      for (int i = 1; i < candidates; i++) {
        TrainingPicture.Crop other = draw(random);
        best = other.detail(shape.side()) > best.detail(shape.side()) ? other : best;
      }
      best.write(batch, shape, n, colours(share, random));
    }
  }

  /** Of recipes that recolour nothing nothing is drawn, so that their crops stay what they were. */
  private static int[] colours(double share, SplittableRandom random) {
    boolean drawn = share > 0 && random.nextDouble() < share;
    return COLOURS[drawn ? random.nextInt(COLOURS.length) : 0];
  }

  private TrainingPicture.Crop draw(SplittableRandom random) {
    TrainingPicture picture = pictures.draw(random);
    int left = random.nextInt(picture.width() - shape.side() + 1);
    int top = random.nextInt(picture.height() - shape.side() + 1);
    return new TrainingPicture.Crop(picture, left, top, random.nextInt(TURNS));
  }
}
