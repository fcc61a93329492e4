package dev.loupe.guided;

import dev.loupe.weights.Variant;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * K, how many patches are refined: a count, a share of the patches, all or none.
 *
 * @param count a count of patches; the least where there is a share, too
 * @param share a share of the patches, 0 to 1, or -1
 */
public record PatchCount(int count, double share) {
  private static final double NO_SHARE = -1;
  public static final PatchCount ALL = new PatchCount(0, 1);
  public static final PatchCount NONE = new PatchCount(0, NO_SHARE);

  private static final Pattern SHARE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*%");
  private static final Pattern COUNT = Pattern.compile("\\d{1,10}");

  /**
   * As the parameters say.
   *
   * @throws IllegalArgumentException naming the number that is out of range
   */
  public PatchCount {
    if (count < 0) {
      throw new IllegalArgumentException("K = %d patches: take 0 or more".formatted(count));
    }
    if (share != NO_SHARE && !(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "K = %s of the patches: take a share of 0 to 1".formatted(share));
    }
  }

  /** A fixed count, at least 0. */
  public static PatchCount of(int count) {
    return new PatchCount(count, NO_SHARE);
  }

  /** A share of the patches, 0 to 1. */
  public static PatchCount share(double share) {
    return atLeast(0, share);
  }

  /** As many as {@code count}, or {@code share} of the patches where that is more. */
  public static PatchCount atLeast(int count, double share) {
    return new PatchCount(count, share);
  }

  /**
   * Reads {@code 1000}, {@code 15%}, {@code all} or {@code none}.
   *
   * @throws IllegalArgumentException naming the text and the four forms
   */
  public static PatchCount parse(String text) {
    if (text.equals("all")) {
      return ALL;
    }
    if (text.equals("none")) {
      return NONE;
    }
    Matcher share = SHARE.matcher(text);
    if (share.matches() && Double.parseDouble(share.group(1)) <= 100) {
      return share(Double.parseDouble(share.group(1)) / 100);
    }
    if (COUNT.matcher(text).matches() && Long.parseLong(text) <= Integer.MAX_VALUE) {
      return of(Integer.parseInt(text));
    }
    throw new IllegalArgumentException(
        "K = '%s' is not a count such as 1000, a share such as 15%%, 'all' or 'none'"
            .formatted(text));
  }

  /** Patches of a grid of {@code cells}: a share rounded to the nearest, a count clamped. */
  public int among(long cells) {
    long k = share >= 0 ? Math.max(count, Math.round(share * cells)) : count;
    return (int) Math.min(k, cells);
  }

  /** Whether {@code variant} can refine so many of each frame: only one chooses how many. */
  public boolean suits(Variant variant) {
    return variant == Variant.MASK || equals(variant == Variant.BASE ? NONE : ALL);
  }

  @Override
  public String toString() {
    if (share < 0) {
      return count == 0 ? "none" : Integer.toString(count);
    }
    if (share == 1) {
      return "all";
    }
    BigDecimal percent = BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros();
    String part = percent.toPlainString() + "%";
    return count == 0 ? part : "%s, at least %d".formatted(part, count);
  }
}
