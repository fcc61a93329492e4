package dev.loupe.complexity;

import dev.loupe.guided.PatchCount;
import dev.loupe.network.Networks;
import dev.loupe.weights.ModelMetadata;
import dev.loupe.weights.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The paper's tables 1 (parameters and FLOPs of every network), 5 (block splits) and 6 (patch
 * sizes), computed from the graphs that Loupe runs beside the printed figures.
 *
 * <p>The computed side averages over the pictures of a data set: every distinct size gets a graph
 * of its own, as RFDN's attention rounds sizes down. Refining K patches costs the same on any size.
 */
public final class PaperTables {
  private static final String PRINTED = "/complexity/printed.csv";

  private PaperTables() {}

  /** Every row, in the paper's order; table 1 first, then what tables 5 and 6 add. */
  public static List<PaperRow> rows() {
    return CsvResource.read(PRINTED).stream().map(PaperTables::row).toList();
  }

  private static PaperRow row(CsvResource.Row printed) {
    int scale = printed.number("scale");
    int p = printed.number("p");
    int k = printed.number("k");
    Variant variant = Variant.of(printed.text("variant"));
    NetworkCost cost = new NetworkCost(Networks.of(metadata(printed, scale)), p);
    List<PaperCell> cells = new ArrayList<>();
    for (TestSet set : TestSet.values()) {
      cells.add(cell(cost, variant, PatchCount.of(k), set, optional(printed, set.title())));
    }
    return new PaperRow(
        printed.number("table"),
        printed.text("network"),
        scale,
        variant,
        printed.has("base_blocks")
            ? printed.text("base_blocks") + "+" + printed.text("refine_blocks")
            : "",
        p,
        k,
        cost.parameters(variant),
        optional(printed, "parameters"),
        cells);
  }

  private static ModelMetadata metadata(CsvResource.Row row, int scale) {
    ModelMetadata metadata = ModelMetadata.of(row.text("network"), scale);
    return row.has("base_blocks")
        ? metadata.withConfig(
            Map.of(
                "base", Map.of("nb", row.number("base_blocks")),
                "refine", Map.of("nb", row.number("refine_blocks"))))
        : metadata;
  }

  private static Optional<String> optional(CsvResource.Row row, String column) {
    return row.has(column) ? Optional.of(row.text(column)) : Optional.empty();
  }

  private static PaperCell cell(
      NetworkCost cost, Variant variant, PatchCount k, TestSet set, Optional<String> printed) {
    double frame = 0;
    double paperMask = 0;
    double ownMask = 0;
    double refine = 0;
    double pictures = 0;
    for (TestSet.Frames size : set.frames(cost.network().scale(), cost.p())) {
      FrameCost one = cost.frame(variant, k, size.width(), size.height());
      frame += size.pictures() * one.base().paper();
      paperMask += size.pictures() * one.paperMask();
      ownMask += size.pictures() * one.mask().paper();
      refine += size.pictures() * one.refine().paper();
      pictures += size.pictures();
    }
    if (variant == Variant.MASK) {
      // K patches a picture, however large: only the area of a representative size is scaled.
      refine /= pictures;
    }
    return new PaperCell(
        set, (frame + paperMask + refine) / 1e9, (frame + ownMask + refine) / 1e9, printed);
  }
}
