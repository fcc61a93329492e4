package dev.loupe.train;

import java.util.SplittableRandom;

/**
 * How often the colours of crops are changed: photos have few strong ones, and few areas without
 * any texture, as drawings do.
 *
 * @param recolour the share of crops, 0 to 1, whose red, green and blue are put in an order that is
 *     drawn
 * @param fade the share of crops, 0 to 1, that fade towards a colour that is drawn
 */
public record Colouring(double recolour, double fade) {
  /** Leaves every crop as it is. */
  public static final Colouring NONE = new Colouring(0, 0);

  /** The orders of red, green and blue, their own first. */
  private static final int[][] ORDERS = {
    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
  };

  /** Drawn values lie this far beyond black and white, so that a third of them are one of these. */
  private static final int BEYOND = 64;

  private static final int WHITE = 255;

  /**
   * Checks the shares.
   *
   * @throws IllegalArgumentException naming the one that is out of range
   */
  public Colouring {
    requireShare("recolour", recolour);
    requireShare("fade", fade);
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "%s is %s, but a share of the crops is 0 to 1".formatted(name, share));
    }
  }

  /**
   * Where a share is 0 nothing is drawn, so that the crops of older recipes stay what they were.
   */
  Tint draw(SplittableRandom random) {
    int[] order = ORDERS[isDrawn(recolour, random) ? random.nextInt(ORDERS.length) : 0];
    if (!isDrawn(fade, random)) {
      return Tint.ordered(order);
    }
    int[] colour = new int[CropShape.CHANNELS];
    for (int c = 0; c < colour.length; c++) {
      int value = random.nextInt(-BEYOND, WHITE + BEYOND + 1);
      colour[c] = Math.max(0, Math.min(WHITE, value));
    }
    // Squared, as faint texture is what there is the least of.
    double kept = random.nextDouble();
    return new Tint(order, colour, (int) (Tint.ALL * kept * kept));
  }

  private static boolean isDrawn(double share, SplittableRandom random) {
    return share > 0 && random.nextDouble() < share;
  }
}
