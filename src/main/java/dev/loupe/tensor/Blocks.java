package dev.loupe.tensor;

/** The division of things into blocks of one size, of which the last need not be full. */
public final class Blocks {
  private Blocks() {}

  /** Blocks of {@code size} that {@code n} things fill: n / size, rounded up. */
  public static int count(int n, int size) {
    return (n + size - 1) / size;
  }

  /** As above, of more than an int holds. */
  public static long count(long n, long size) {
    return (n + size - 1) / size;
  }

  /**
   * The places in the blocks that {@code n} things fill: the multiple of {@code size} from n on.
   */
  public static int roundUp(int n, int size) {
    return count(n, size) * size;
  }

  /** As above, of more than an int holds. */
  public static long roundUp(long n, long size) {
    return count(n, size) * size;
  }
}
