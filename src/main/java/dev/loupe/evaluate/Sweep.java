package dev.loupe.evaluate;

import dev.loupe.guided.PatchCount;
import dev.loupe.guided.PatchOrder;
import dev.loupe.guided.Progress;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The curve of quality against cost: K from none to all, for patches taken by largest, random and
 * smallest predicted error (paper Table 7).
 */
public final class Sweep {
  /** The default values of K. */
  public static final List<PatchCount> K =
      Stream.of("none", "5%", "10%", "20%", "35%", "50%", "75%", "all")
          .map(PatchCount::parse)
          .toList();

  private final Evaluator evaluator;
  private final Map<Setting, List<ImageScore>> scores = new LinkedHashMap<>();

  /** A point of the curve before it is measured. */
  private record Setting(PatchOrder order, PatchCount k) {}

  /**
   * A point of the curve.
   *
   * @param order which patches were refined
   * @param k how many
   * @param mean over the pictures
   */
  public record Point(PatchOrder order, PatchCount k, MeanScore mean) {}

  /** A curve of {@code evaluator}'s model, over each K of {@code counts}. */
  public Sweep(Evaluator evaluator, List<PatchCount> counts) {
    this.evaluator = evaluator;
    for (PatchOrder order : PatchOrder.values()) {
      counts.forEach(k -> scores.put(new Setting(order, k), new ArrayList<>()));
    }
  }

  /** Measures one more picture at every point. */
  public void add(PicturePair pair, Progress progress) {
    List<ImageScore> ofPicture = new ArrayList<>();
    for (Setting at : scores.keySet()) {
      ofPicture.add(evaluator.score(pair, Variant.MASK, at.k(), at.order(), Progress.NONE));
      progress.at((double) ofPicture.size() / scores.size());
    }
    // Only now: a picture that fails on its way leaves no trace in any mean.
    Iterator<ImageScore> next = ofPicture.iterator();
    scores.values().forEach(point -> point.add(next.next()));
  }

  /** The curve, by order and K; of at least one picture. */
  public List<Point> points() {
    return scores.entrySet().stream()
        .map(p -> new Point(p.getKey().order(), p.getKey().k(), MeanScore.of(p.getValue())))
        .toList();
  }
}
