package dev.loupe.evaluate;

import dev.loupe.complexity.FrameCost;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The mean over pictures, each counting the same.
 *
 * @param quality of the model
 * @param bicubic quality of the baseline
 * @param millis time on the device
 * @param refinedShare share of the frame that Refine-Net saw
 * @param gigaflops multiply-adds
 */
public record MeanScore(
    Quality quality, Quality bicubic, double millis, double refinedShare, Gigaflops gigaflops) {
  /**
   * 10^9 multiply-adds, counted three ways (docs/networks.md section 5).
   *
   * @param paper by the paper's convention, the paper's mask prediction included
   * @param multiplyAdds true multiply-adds
   * @param executed those that the kernels run
   */
  public record Gigaflops(double paper, double multiplyAdds, double executed) {
    /** Of one frame. */
    public static Gigaflops of(FrameCost cost) {
      return new Gigaflops(
          cost.printed() / 1e9, cost.total().multiplyAdds() / 1e9, cost.total().executed() / 1e9);
    }
  }

  /** The mean of at least one score. */
  public static MeanScore of(List<ImageScore> scores) {
    List<Gigaflops> costs = scores.stream().map(s -> Gigaflops.of(s.cost())).toList();
    return new MeanScore(
        Quality.mean(scores.stream().map(ImageScore::quality).toList()),
        Quality.mean(scores.stream().map(ImageScore::bicubic).toList()),
        mean(scores, ImageScore::millis),
        mean(scores, ImageScore::refinedShare),
        new Gigaflops(
            mean(costs, Gigaflops::paper),
            mean(costs, Gigaflops::multiplyAdds),
            mean(costs, Gigaflops::executed)));
  }

  private static <T> double mean(List<T> all, ToDoubleFunction<T> part) {
    return all.stream().mapToDouble(part).average().orElse(Double.NaN);
  }
}
