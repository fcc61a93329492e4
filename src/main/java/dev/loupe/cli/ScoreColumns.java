package dev.loupe.cli;

import dev.loupe.evaluate.MeanScore;
import dev.loupe.evaluate.Quality;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The columns of scores. */
final class ScoreColumns {
  static final List<Column<Quality>> QUALITY =
      List.of(
          new Column<>("psnr_y", 4, Quality::psnrY),
          new Column<>("ssim_y", 6, Quality::ssimY),
          new Column<>("psnr_rgb", 4, Quality::psnrRgb));

  private static final List<Column<MeanScore>> MS =
      List.of(new Column<>("ms", 3, MeanScore::millis));

  private static final List<Column<MeanScore>> REFINED =
      List.of(new Column<>("refined_share", 4, MeanScore::refinedShare));

  private static final List<Column<MeanScore>> GFLOPS =
      List.of(
          new Column<>("gflops_paper", 6, mean -> mean.gigaflops().paper()),
          new Column<>("gflops", 6, mean -> mean.gigaflops().multiplyAdds()),
          new Column<>("gflops_executed", 6, mean -> mean.gigaflops().executed()));

  /** Of a model. */
  static final List<Column<MeanScore>> MODEL =
      Stream.of(quality("", MeanScore::quality), MS, REFINED, GFLOPS)
          .flatMap(List::stream)
          .toList();

  /** Of a model, beside the baseline. */
  static final List<Column<MeanScore>> COMPARED =
      Stream.of(MODEL, quality("bicubic_", MeanScore::bicubic)).flatMap(List::stream).toList();

  /** Of a point of a sweep's curve in CSV. */
  static final List<Column<MeanScore>> POINT =
      Stream.of(REFINED, quality("", MeanScore::quality), GFLOPS, MS)
          .flatMap(List::stream)
          .toList();

  private ScoreColumns() {}

  private static List<Column<MeanScore>> quality(String prefix, Function<MeanScore, Quality> part) {
    return QUALITY.stream().map(column -> column.of(prefix, part)).toList();
  }
}
