package dev.loupe.op;

/**
 * Multiply-adds of one run, counted three ways (docs/networks.md section 5).
 *
 * @param paper the paper's convention: convolutions at output size, one for each element of an
 *     activation module
 * @param multiplyAdds those of the mathematics, no zero inserted
 * @param executed those that a CPU's kernels run, tricks included; a GPU's run the mathematics
 */
public record Cost(long paper, long multiplyAdds, long executed) {
  /** Free, or not counted by anyone. */
  public static final Cost NONE = new Cost(0, 0, 0);

  /** The sum of both. */
  public Cost plus(Cost other) {
    return new Cost(
        paper + other.paper, multiplyAdds + other.multiplyAdds, executed + other.executed);
  }

  /** That of {@code runs} runs. */
  public Cost times(int runs) {
    return new Cost(paper * runs, multiplyAdds * runs, executed * runs);
  }
}
