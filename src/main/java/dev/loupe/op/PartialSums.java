package dev.loupe.op;

import dev.loupe.kernel.Defines;

/**
 * The way a sum over a whole batch of patches is made: each span of the batch stores partial sums
 * in scratch memory, and one more launch adds them up in a fixed order.
 *
 * @param spans parts of the batch
 * @param sums partial sums of each
 */
record PartialSums(int spans, int sums) {
  /** A span should read no more than this, so that it is still in cache for the next block. */
  private static final long SPAN_BYTES = 1 << 20;

  private static final int MOST_SPANS = 64;
  private static final int CHUNK = 64;

  /** For {@code sums} sums over tensors of {@code bytes} bytes together. */
  static PartialSums over(long bytes, long sums) {
    int spans = (int) Math.max(1, Math.min(MOST_SPANS, bytes / SPAN_BYTES));
    return new PartialSums(spans, Math.toIntExact(sums));
  }

  /** The scratch memory of the partial sums. */
  long bytes() {
    return (long) Float.BYTES * spans * sums;
  }

  /** The partial sums' buffer and first element, as a kernel takes them. */
  KernelCall bind(LaunchRecorder recorder, KernelCall call) {
    return call.buffer(recorder.scratch()).int64(recorder.scratchOffset() / Float.BYTES);
  }

  /** Records the adding up of all spans and of {@code group} neighbours into {@code output}. */
  void addUp(LaunchRecorder recorder, int group, TensorView output) {
    int results = sums / group;
    bind(
            recorder,
            recorder.kernel(
                "gradient/sum_partials.cl",
                "sum_partials",
                new Defines().set("GROUP", group).set("CHUNK", CHUNK)))
        .list(output)
        .ints(spans, results)
        .launchShared((results + CHUNK - 1) / CHUNK, 1, 1);
  }

  /** The type of a gradient of {@code count} weights: a row. */
  static TensorType row(long count) {
    return TensorType.frame(1, 1, Math.toIntExact(count));
  }
}
