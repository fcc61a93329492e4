package dev.loupe.complexity;

import java.util.ArrayList;
import java.util.List;

/**
 * A data set of the paper's tables, known by the sizes of its pictures or, where those are not
 * known, by their average area (docs/networks.md sections 4 and 6).
 */
public enum TestSet {
  URBAN100("Urban100", 0),
  TEST2K("Test2K", 1789954.56),
  TEST4K("Test4K", 6867302.40);

  private static final String URBAN100_SIZES = "/complexity/urban100.csv";

  /** Height over width of the one size that stands for a set of unknown sizes. */
  private static final double ASPECT = 0.48;

  private final String title;
  private final double area;

  /**
   * Low-resolution frames of one size.
   *
   * @param height rows
   * @param width columns
   * @param pictures the share of the set's pictures that have this size; where one size stands for
   *     all, the average area over its own
   */
  record Frames(int height, int width, double pictures) {}

  TestSet(String title, double area) {
    this.title = title;
    this.area = area;
  }

  /** The name in the head of the tables. */
  public String title() {
    return title;
  }

  /** The frames after cropping to multiples of p * scale and shrinking by scale. */
  List<Frames> frames(int scale, int p) {
    return area == 0 ? urban100(scale, p) : List.of(representative(scale, p));
  }

  private static List<Frames> urban100(int scale, int p) {
    List<Frames> frames = new ArrayList<>();
    List<CsvResource.Row> rows = CsvResource.read(URBAN100_SIZES);
    double all = rows.stream().mapToInt(row -> row.number("images")).sum();
    int cell = p * scale;
    for (CsvResource.Row row : rows) {
      frames.add(
          new Frames(
              row.number("height") / cell * p,
              row.number("width") / cell * p,
              row.number("images") / all));
    }
    return frames;
  }

  private Frames representative(int scale, int p) {
    int height = (int) Math.rint(Math.sqrt(area * ASPECT) / scale / p) * p;
    int width = (int) Math.rint(area / scale / scale / height / p) * p;
    return new Frames(height, width, area / scale / scale / ((double) height * width));
  }
}
