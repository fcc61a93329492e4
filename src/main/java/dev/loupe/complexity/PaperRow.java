package dev.loupe.complexity;

import dev.loupe.weights.Variant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A row of the paper's tables 1, 5 or 6, computed beside printed.
 *
 * @param table the table's number in the paper
 * @param network name
 * @param scale upscaling factor
 * @param variant which part of the scheme
 * @param blocks blocks of Base-Net and Refine-Net such as {@code 10+6}; empty for the network's own
 * @param p patch size in low-resolution pixels
 * @param k refined patches of variant mask
 * @param parameters number of weights
 * @param printedParameters such as {@code 43K}; empty where illegible or not given
 * @param cells one a data set
 */
public record PaperRow(
    int table,
    String network,
    int scale,
    Variant variant,
    String blocks,
    int p,
    int k,
    long parameters,
    Optional<String> printedParameters,
    List<PaperCell> cells) {
  /** The number of weights as the paper rounds it: {@code 43K}, {@code 1.25M}. */
  public String parametersText() {
    return parameters >= 1_000_000
        ? String.format(Locale.ROOT, "%.2fM", parameters / 1e6)
        : String.format(Locale.ROOT, "%.0fK", parameters / 1e3);
  }

  /** Whether the number of weights is the printed one, or none is printed. */
  public boolean parametersMatch() {
    return printedParameters.map(parametersText()::equals).orElse(true);
  }
}
